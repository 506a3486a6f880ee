// Conditional requests between a gateway and a shard, as they are read: the gateway has a page and names its validator;
// the shard says that the page is as it was, or gives another one.
//
//   gateway -> shard   conditionalRequest   f64 validator, 0 for none | a request
//   shard -> gateway   notModified          u32 request | what the page ends with now
//                      validatedAnswer      u32 request | f64 validator | u16 bytes of the end | result
//                      or an ordinary answer, to which nobody can come back
//
// `FrameBatch` (cluster.ts) writes them. A gateway asks so where the shard's status says `validates`.

import { type RequestFrame, readRequest, validatorBytes } from './cluster.ts'
import { ClusterProtocolError } from './cluster-stream.ts'

/** Throws ClusterProtocolError, as all of these, for a body that is not ours. */
export function readConditionalRequest(body: Buffer): RequestFrame {
  if (body.length < validatorBytes) throw new ClusterProtocolError('a request cut short')
  return readRequest(body, validatorBytes, body.readDoubleLE(0))
}

export type ValidatedAnswer = {
  readonly requestId: number
  readonly validator: number
  readonly tailBytes: number
  readonly result: Buffer
}

export function readValidatedAnswer(body: Buffer): ValidatedAnswer {
  const start = 4 + validatorBytes + 2
  const tailBytes = body.length < start ? 0 : body.readUInt16LE(4 + validatorBytes)
  if (tailBytes === 0 || tailBytes > body.length - start)
    throw new ClusterProtocolError('an answer cut short')
  return {
    requestId: body.readUInt32LE(0),
    validator: body.readDoubleLE(4),
    tailBytes,
    result: body.subarray(start),
  }
}

/** Where in the body of `notModified` the end of the page begins. */
export const notModifiedTailAt = 4

/** @returns the id of the request */
export function readNotModified(body: Buffer): number {
  if (body.length < notModifiedTailAt) throw new ClusterProtocolError('an answer cut short')
  return body.readUInt32LE(0)
}
