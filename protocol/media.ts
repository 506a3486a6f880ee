// Media: photos and videos, as everybody speaks of them.
//
// A file is named by what is in it: `<SHA-256 in base64url>.<type>`. So an id alone says where the bytes
// lie and what they are, one file serves all tweets that show it, and what an address gives never
// changes. What a tweet shows (size, alt text) travels in the tweet: its readers ask nobody.

import { ruleOf } from './credentials.ts'
import type { Value } from './fields.ts'
import { f } from './fields.ts'
import { mediaIdLengthMax, mediaPerTweetMax, mediaSideMax } from './limits.ts'
import { altTextMax, checkAltText } from './text/normalize.ts'

export type MediaKind = 'photo' | 'video'

/** Every type that is taken, by the ending of its ids. */
export const mediaTypes = {
  jpg: { kind: 'photo', contentType: 'image/jpeg' },
  png: { kind: 'photo', contentType: 'image/png' },
  gif: { kind: 'photo', contentType: 'image/gif' },
  webp: { kind: 'photo', contentType: 'image/webp' },
  mp4: { kind: 'video', contentType: 'video/mp4' },
  webm: { kind: 'video', contentType: 'video/webm' },
} as const satisfies Record<string, { kind: MediaKind; contentType: string }>

export type MediaType = keyof typeof mediaTypes

/** What the address of a file begins with. */
export const mediaPathPrefix = '/v1/media/'

const idPattern = /^[A-Za-z0-9_-]{43}\.(jpg|png|gif|webp|mp4|webm)$/

/** The id of a file. @param digest its SHA-256, 32 bytes */
export function mediaIdOf(digest: Uint8Array, type: MediaType): string {
  return `${Buffer.from(digest).toString('base64url')}.${type}`
}

/** The type that an id names; undefined where it is no id. */
export function mediaTypeOf(id: string): MediaType | undefined {
  return idPattern.exec(id)?.[1] as MediaType | undefined
}

export const mediaIdField = f.text({
  lengthMax: mediaIdLengthMax,
  meaning:
    'The file is at `/v1/media/{id}`, what stands for it in a list at `/v1/media/{id}/thumbnail`.',
  rule: (text) =>
    mediaTypeOf(text) === undefined ? { problem: 'must be the id of a medium' } : text,
})

export const mediaKindField = f.text({
  lengthMax: 8,
  meaning: '`photo` or `video`.',
  rule: (text) =>
    text === 'photo' || text === 'video' ? text : { problem: 'must be photo or video' },
})

/** Width or height in pixels. */
const side = f.integer({ min: 1, max: mediaSideMax })

export const altField = f.text({
  lengthMax: altTextMax * 2,
  meaning: 'What is to be seen, in words, for those who do not see it: 1 to 1,000 characters.',
  rule: ruleOf((text) => checkAltText(text)),
})

/** A photo or video as a tweet shows it. */
export const mediumField = f.record({
  id: mediaIdField,
  kind: mediaKindField,
  width: side,
  height: side,
  alt: f.optional(altField),
})

export type Medium = Value<typeof mediumField>

/** What a tweet shows: up to 4 photos, or one video. */
export const mediaField = f.list(mediumField, { countMax: mediaPerTweetMax })
