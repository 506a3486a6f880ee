import { f } from '../fields.ts'
import { mediaBytesMax } from '../limits.ts'
import { altField, mediaIdField, mediumField } from '../media.ts'
import { defineOperation } from '../operation.ts'

/**
 * Makes a file that a gateway has just kept one that its sender may show in tweets, for a day. The same file
 * again starts the day anew, with the alt text that comes along. What a file says beyond what it shows (where, when
 * and with what it was taken, comments, what hangs on behind its end) is taken out before it is kept; nothing is
 * encoded anew, and a photo stays turned as it was. Of an MP4 subtitles go as well, as drones write there where they
 * are; those of an MP4 in fragments and of a WebM stay.
 */
export const mediaCreate = defineOperation({
  name: 'media.create',
  code: 0xa0,
  summary: 'Upload a photo or a video',
  owner: 'actor',
  access: 'user',
  request: {
    mediaId: { ...mediaIdField, meaning: 'Of the file, by the gateway.' },
    bytes: {
      ...f.integer({ min: 1, max: mediaBytesMax }),
      meaning: 'Of the file, by the gateway.',
    },
    width: { ...mediumField.fields.width, meaning: 'Of the file, by the gateway.' },
    height: { ...mediumField.fields.height, meaning: 'Of the file, by the gateway.' },
    unattachedMs: {
      ...f.integer({ min: 1, max: 2 ** 40 }),
      meaning: 'How long tweets may take it, by the gateway.',
    },
    alt: f.optional(altField),
  },
  answer: { media: mediumField },
  event: {
    userId: f.userId,
    media: mediumField,
    bytes: f.integer({ min: 1, max: mediaBytesMax }),
    /** An id of the partition that nothing else has: its time is when this happened. */
    createdId: f.id,
    expiresAt: f.time,
  },
  refusals: {
    unsupported_media: {
      status: 415,
      meaning: 'By what is in it, it is none of JPEG, PNG, GIF, WebP, MP4, WebM, or it is broken.',
    },
    too_many_media: {
      status: 409,
      meaning: 'There are too many uploads of the last day already.',
    },
  },
  http: { method: 'POST', path: '/v1/media', status: 201, location: '/v1/media/{media.id}' },
  isUpload: true,
})
