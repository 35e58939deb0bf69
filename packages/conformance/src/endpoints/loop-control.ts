import type { Socket } from "node:net";
import { openAsServer } from "../opening.ts";
import { Peer } from "../peer.ts";
import { Random } from "../random.ts";
import { resolveTestee } from "../testee.ts";
import { parseTarget } from "../transport/dial.ts";
import { Transport } from "../transport/transport.ts";
import { close, text } from "../wire/frame.ts";
import { WireLog } from "../wire-log.ts";

/** What the control connections of the loop protocol tell. */
export interface LoopState {
  readonly count: number;
  readonly info: { readonly id: string; readonly description: string } | undefined;
}

/**
 * Answers a connection of the loop protocol that is no test: one text message with the count of cases, or with a case's description
 * as JSON, then a closing handshake. `/updateReports` gets no message. Never rejects.
 */
export async function answerControl(socket: Socket, pathname: string, state: LoopState): Promise<void> {
  const log = new WireLog();
  const settings = {
    role: "client" as const,
    testee: resolveTestee({}),
    delivery: "whole" as const,
    random: new Random(0),
    log,
    nonStrict: () => {},
    inform: () => {},
  };
  const peer = new Peer(new Transport(socket, log), settings, parseTarget("ws://127.0.0.1"));
  try {
    peer.request = await peer.readHead();
    await openAsServer(peer);
    const answer = answerTo(pathname, state);
    if (answer !== undefined) await peer.send(text(answer));
    await peer.send(close(1000));
    await peer.next(1_000);
    peer.transport.end();
    await peer.waitForEnd(1_000);
  } catch {
    // A control connection that fails is not judged; the client will miss its answer and say so.
  } finally {
    peer.transport.dispose();
  }
}

function answerTo(pathname: string, { count, info }: LoopState): string | undefined {
  if (pathname === "/getCaseCount") return String(count);
  if (pathname === "/getCaseInfo") return JSON.stringify(info ?? { id: "", description: "" });
  if (pathname === "/getCaseStatus") return JSON.stringify({ behavior: "RUN" });
  return undefined;
}
