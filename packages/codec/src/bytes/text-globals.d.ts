/**
 * The only globals beyond ECMAScript that the codec uses: the two text coders of the WHATWG Encoding Standard, which
 * every JavaScript runtime has. Declared as far as they are used, so that the compiler refuses any other global.
 */
interface TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>;
  encodeInto(source: string, destination: Uint8Array): { read: number; written: number };
}

declare var TextEncoder: { new (): TextEncoder };

interface TextDecoder {
  decode(input?: Uint8Array): string;
}

declare var TextDecoder: { new (label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean }): TextDecoder };
