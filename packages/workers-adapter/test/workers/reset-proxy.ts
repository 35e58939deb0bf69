/** In the place of the contract suite's own proxy, which needs a listener: one outside of workerd. */
let control = "";

export function relaysAt(port: number): void {
  control = `http://127.0.0.1:${port}`;
}

export async function ask(action: "open" | "stop" | "reset" | "close", argument: number): Promise<string> {
  const response = await fetch(`${control}/${action}/${argument}`, { method: "POST" });
  return response.text();
}

export async function resetProxy(target: number): Promise<{ readonly port: number; reset(): void; close(): void }> {
  const port = Number(await ask("open", target));
  return {
    port,
    reset: () => void ask("reset", port),
    close: () => void ask("close", port),
  };
}
