// What an operator may choose about media: part of the table of a gateway (../settings.ts).

import { mediaBytesMax } from '../../protocol/limits.ts'
import { defineSettings } from '../../protocol/std/settings.ts'
import { downloadsInFlightMax } from './limits.ts'

export const mediaSettings = defineSettings({
  dataDirectory: {
    env: 'ROOKERY_DATA_DIR',
    kind: 'text',
    unit: 'path',
    default: './data',
    meaning: 'Where media are kept, in `media`, unless ROOKERY_MEDIA_DIR says another place.',
  },
  mediaDirectory: {
    env: 'ROOKERY_MEDIA_DIR',
    kind: 'text',
    unit: 'path',
    default: '',
    meaning:
      'Where photos and videos are kept, and uploads on their way; unset, `media` in the data directory. All gateways of a cluster have to see the same files: share it, or use an S3 store.',
  },
  photoBytesMax: {
    env: 'ROOKERY_MEDIA_PHOTO_BYTES',
    kind: 'integer',
    unit: 'bytes',
    min: 1_024,
    max: mediaBytesMax,
    default: 5 * 1024 * 1024,
    meaning: 'The largest photo that is taken.',
  },
  videoBytesMax: {
    env: 'ROOKERY_MEDIA_VIDEO_BYTES',
    kind: 'integer',
    unit: 'bytes',
    min: 1_024,
    max: mediaBytesMax,
    default: 50 * 1024 * 1024,
    meaning: 'The largest video that is taken.',
  },
  mediaUnattachedSeconds: {
    env: 'ROOKERY_MEDIA_UNATTACHED',
    kind: 'integer',
    unit: 's',
    min: 1,
    max: 30 * 24 * 60 * 60,
    default: 24 * 60 * 60,
    meaning:
      'How long after its upload a medium can be attached to a tweet; what no tweet shows by then is removed.',
  },
  addressDownloadsMax: {
    env: 'ROOKERY_MEDIA_ADDRESS_DOWNLOADS',
    kind: 'integer',
    unit: 'files',
    min: 1,
    max: downloadsInFlightMax,
    default: 32,
    meaning:
      'Photos and videos on their way to one address at the same time; more are refused with 429. A load balancer is one address: raise it there.',
  },
  s3Endpoint: {
    env: 'ROOKERY_MEDIA_S3_ENDPOINT',
    kind: 'text',
    unit: 'URL',
    default: '',
    meaning:
      'An S3-compatible store for media in place of the directory, such as https://s3.example.org; buckets are addressed by path.',
    rule: (text) =>
      /^https?:\/\/[A-Za-z0-9.:[\]-]+$/.test(text)
        ? undefined
        : 'must be a URL without a path, such as https://s3.example.org',
  },
  s3Bucket: {
    env: 'ROOKERY_MEDIA_S3_BUCKET',
    kind: 'text',
    unit: 'name',
    default: '',
    meaning: 'The bucket in that store. It has to be there.',
    rule: (text) =>
      /^[a-z0-9][a-z0-9.-]{1,62}$/.test(text) ? undefined : 'must be the name of a bucket',
  },
  s3Region: {
    env: 'ROOKERY_MEDIA_S3_REGION',
    kind: 'text',
    unit: 'name',
    default: 'us-east-1',
    meaning: 'The region that requests are signed for.',
    rule: (text) =>
      /^[a-z0-9-]{1,64}$/.test(text) ? undefined : 'must be 1 to 64 of a-z, 0-9 and -',
  },
  s3AccessKey: {
    env: 'ROOKERY_MEDIA_S3_ACCESS_KEY',
    kind: 'secret',
    default: '',
    meaning: 'The access key id of that store.',
  },
  s3SecretKey: {
    env: 'ROOKERY_MEDIA_S3_SECRET_KEY',
    kind: 'secret',
    default: '',
    meaning: 'The secret key that belongs to it.',
  },
})
