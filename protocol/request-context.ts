// What a shard is told about a request beside its parameters, in MessagePack.

import { MessagePackWriter } from './message-pack.ts'

/** Only what the operation needs. */
export type RequestContext = {
  /** The client's address, for operations that check a password. */
  readonly address?: string
  /** The hash of the token in use, for operations that end a session. */
  readonly tokenHash?: string
  /** What the request is called in logs, where its sender gave it a name or was told one. */
  readonly requestId?: string
  /** The trace that it belongs to, and its caller in there (trace-context.ts). */
  readonly traceparent?: string
}

const writer = new MessagePackWriter()
const nothing = new Uint8Array(0)

/** @returns a view that is good until the next call; empty where there is nothing to tell */
export function packContext(context: RequestContext | undefined): Uint8Array {
  if (context === undefined) return nothing
  writer.reset()
  writer.map(Object.keys(context).length)
  for (const name in context) {
    writer.text(name)
    writer.text(context[name as keyof RequestContext]!)
  }
  return writer.view()
}
