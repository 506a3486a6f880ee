// Applications: what a developer registers, and the key that tells on whose behalf a program calls.
//
// A key is `rka_<developer's user id in base 36>_<256 random bits in base64url>`: like a token, it says which
// partition knows it, and a shard keeps only its SHA-256. It stands beside a token, never in its place: the token
// says which user asks, the key by which program.

import type { TextField, Value, Values } from './fields.ts'
import { f } from './fields.ts'
import type { UserId } from './ids.ts'
import { isId } from './ids.ts'
import { appDescriptionLengthMax, appNameLengthMax, quotaMax, websiteLengthMax } from './limits.ts'

const keyPattern = /^rka_([0-9a-z]{1,11})_([A-Za-z0-9_-]{43})$/
const keyLengthMax = 64
export const keyHashLengthMax = 64

/** A key as a developer receives it and a program sends it. */
export const keyField: TextField = f.text({
  lengthMax: keyLengthMax,
  isSecret: true,
  meaning: 'Send it as `X-API-Key: KEY`. Shown once; the server keeps only its hash.',
})

export function makeKey(userId: UserId, random: Uint8Array): string {
  return `rka_${userId.toString(36)}_${Buffer.from(random).toString('base64url')}`
}

/** @returns the developer whom the key names, or undefined where it is not a key at all. */
export function userOfKey(key: string): UserId | undefined {
  const match = keyPattern.exec(key)
  if (match === null) return undefined
  const id = Number.parseInt(match[1] as string, 36)
  return isId(id) ? (id as UserId) : undefined
}

const line = (options: { lengthMax: number; meaning: string }): TextField =>
  f.text({
    ...options,
    rule: (text) => {
      const kept = text.normalize('NFC').trim()
      if (kept === '') return { problem: 'must not be empty' }
      if (!kept.isWellFormed()) return { problem: 'must be valid Unicode' }
      return /\p{Cc}/u.test(kept) ? { problem: 'must not hold control characters' } : kept
    },
  })

export const appNameField = line({ lengthMax: appNameLengthMax, meaning: '1 to 50 characters.' })
export const appDescriptionField = line({
  lengthMax: appDescriptionLengthMax,
  meaning: 'What it does, in up to 200 characters.',
})
export const appUrlField: TextField = f.text({
  lengthMax: websiteLengthMax,
  meaning: 'Where one reads about it: an address that begins with https:// or http://.',
  rule: (text) =>
    /^https?:\/\/[^\s/]+\S*$/.test(text) && URL.canParse(text)
      ? text
      : { problem: 'must be an http or https address' },
})
export const quotaField = f.integer({ min: 0, max: quotaMax })

/** An application, as its developer sees it. */
export const appField = f.record({
  id: f.id,
  name: appNameField,
  description: f.optional(appDescriptionField),
  url: f.optional(appUrlField),
  quota: { ...quotaField, meaning: 'Requests in each window of 15 minutes.' },
  createdAt: f.time,
})

/** An application, as its developer's shards keep it. */
export const appRecord = {
  id: f.id,
  name: appNameField,
  description: f.optional(appDescriptionField),
  url: f.optional(appUrlField),
  quota: quotaField,
  keyHash: f.text({ lengthMax: keyHashLengthMax }),
  /** The last window of which anything was granted, by its number since 1970, and how much of it. */
  grantWindow: f.count,
  granted: f.count,
} as const

export type App = Value<typeof appField>
export type AppRecord = Values<typeof appRecord>
