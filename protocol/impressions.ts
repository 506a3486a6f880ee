// The name of an impression: which one of which day it is, with a seal that only a shard can make.
//
//   fhq.2.4Qd0…     the second one that this reader has of this promotion on day 20,078
//
// The seal is an HMAC-SHA256 (RFC 2104) under a key that belongs to the promotion and that no client sees, over the
// promotion, the reader and the rest of the name. So nobody can have an impression counted that was not shown to
// them, and a page that is read again names the same one.

import { createHmac, timingSafeEqual } from 'node:crypto'
import type { UserId } from './ids.ts'

export type Impression = {
  /** Days since 1970, in UTC. */
  readonly day: number
  /** From 1 to the frequency cap. */
  readonly ordinal: number
}

/** Whose impression of what. */
export type Shown = {
  readonly promotionId: number
  readonly readerId: UserId
  /** The promotion's. */
  readonly key: string
}

const dayMs = 24 * 60 * 60 * 1000
/** 132 bits of the seal: nobody guesses one. */
const sealLength = 22
const pattern = /^([0-9a-z]{1,6})\.([0-9a-z]{1,3})\.([A-Za-z0-9_-]{22})$/

/** A key for the impressions of a promotion, of 256 random bits. */
export function makeSealKey(random: Uint8Array): string {
  return Buffer.from(random).toString('base64url')
}

/** The day of a time in milliseconds since 1970. */
export function dayOf(timeMs: number): number {
  return Math.floor(timeMs / dayMs)
}

export function nameImpression(shown: Shown, { day, ordinal }: Impression): string {
  const name = `${day.toString(36)}.${ordinal.toString(36)}`
  return `${name}.${sealOf(shown, name)}`
}

/** @returns the impression that was named so to this reader, or undefined where there was none */
export function readImpression(shown: Shown, text: string): Impression | undefined {
  const [, day, ordinal, seal] = pattern.exec(text) ?? []
  if (day === undefined || ordinal === undefined || seal === undefined) return undefined
  const right = sealOf(shown, `${day}.${ordinal}`)
  if (!timingSafeEqual(Buffer.from(seal), Buffer.from(right))) return undefined
  return { day: Number.parseInt(day, 36), ordinal: Number.parseInt(ordinal, 36) }
}

function sealOf({ promotionId, readerId, key }: Shown, name: string): string {
  const sealed = `${promotionId} ${readerId} ${name}`
  return createHmac('sha256', key).update(sealed).digest('base64url').slice(0, sealLength)
}
