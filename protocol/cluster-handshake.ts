// How two processes of a cluster prove to each other that they know its secret.
//
// The caller (a gateway, or a shard that calls another shard) says hello with a nonce; the shard that
// was called shows its proof and a nonce of its own; the caller shows its proof. So the one who was
// called proves first, and nobody shows anything to somebody who only listens on a port. The words
// `gateway` and `shard` in a proof name the two sides of the call: what one side has shown is of no use as
// the proof of the other.
//
// No socket and no chance here: the nonce is an argument, and what is to be sent is handed to `send`.

import { createHmac, timingSafeEqual } from 'node:crypto'
import { FrameBatch, frameKinds } from './cluster.ts'
import { ClusterProtocolError } from './cluster-stream.ts'

export const nonceBytes = 32

/** A caller whose name begins so is another shard: it gets no status and no pushes. */
export const peerNamePrefix = 'shard:'

/** What one side shows to prove that it knows the secret; compare with `isProof`. */
export function makeProof(
  secret: string,
  role: 'shard' | 'gateway',
  nonces: { gateway: Uint8Array; shard: Uint8Array },
): Buffer {
  return createHmac('sha256', secret)
    .update(`rookery.cluster.v1 ${role} `)
    .update(nonces.gateway)
    .update(nonces.shard)
    .digest()
}

/** Compares in constant time. */
export function isProof(given: Uint8Array, expected: Uint8Array): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected)
}

export type CallerHandshakeOptions = {
  /** How the caller is called in the log of the one who is called. */
  readonly name: string
  readonly secret: string
  /** `nonceBytes` random bytes, used for this connection alone. */
  readonly nonce: Uint8Array
  /** Writes a whole frame to the connection. */
  send(frame: Uint8Array): void
}

/** The caller's side of the handshake. */
export class CallerHandshake {
  readonly #options: CallerHandshakeOptions

  constructor(options: CallerHandshakeOptions) {
    this.#options = options
  }

  begin(): void {
    const { nonce, name } = this.#options
    this.#send(frameKinds.hello, Buffer.concat([nonce, Buffer.from(name)]))
  }

  /** Throws ClusterProtocolError unless this is the challenge of a shard that knows the secret. */
  receive(kind: number, body: Buffer): void {
    const { secret, nonce } = this.#options
    const nonces = { gateway: nonce, shard: body.subarray(0, nonceBytes) }
    const isShard =
      kind === frameKinds.challenge &&
      isProof(body.subarray(nonceBytes), makeProof(secret, 'shard', nonces))
    if (!isShard) throw new ClusterProtocolError('the other side does not know the secret')
    this.#send(frameKinds.proof, makeProof(secret, 'gateway', nonces))
  }

  #send(kind: number, body: Uint8Array): void {
    const batch = new FrameBatch()
    batch.add(kind, body)
    this.#options.send(batch.take())
  }
}
