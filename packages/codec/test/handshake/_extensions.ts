/** Extensions for tests of negotiation: no bytes pass through them. */
import type {
  ClientExtension,
  ExtensionDeclined,
  ExtensionOffer,
  MessageExtension,
  ServerExtension,
} from "../../src/index.ts";

export class IdleExtension implements MessageExtension {
  readonly rsv = 0x40;
  readonly pending = false;
  readonly overhead = 0;
  readonly decodeSlice = 65_536;
  readonly encodeSlice = 65_536;
  readonly agreed: ExtensionOffer;
  released = 0;

  constructor(agreed: ExtensionOffer) {
    this.agreed = agreed;
  }

  get name(): string {
    return this.agreed.name;
  }

  wants(): boolean {
    return false;
  }

  encode(piece: Uint8Array): Uint8Array {
    return piece;
  }

  decode(piece: Uint8Array): Uint8Array {
    return piece;
  }

  idle(): void {}

  release(): void {
    this.released++;
  }
}

/** A client that offers `name; mode` and takes any answer but one with the parameter `bad`. */
export function clientExtension(name: string, made: IdleExtension[] = []): ClientExtension {
  return {
    name,
    offers: [{ name, params: [["mode", true]] }],
    confirm(response): MessageExtension | ExtensionDeclined {
      if (response.params.some(([param]) => param === "bad")) return { extension: name, reason: "unknown-parameter" };
      const extension = new IdleExtension(response);
      made.push(extension);
      return extension;
    },
  };
}

/** A server that agrees to the first offer without the parameter `bad`. */
export function serverExtension(name: string): ServerExtension {
  return {
    name,
    accept(offers): MessageExtension | ExtensionDeclined {
      const offer = offers.find(({ params }) => params.every(([param]) => param !== "bad"));
      if (offer !== undefined) return new IdleExtension(offer);
      return { extension: name, reason: offers.length === 0 ? "not-offered" : "unknown-parameter" };
    },
  };
}
