// The store that the settings name.

import { join } from 'node:path'
import { StartError } from '../../protocol/std/run.ts'
import type { Settings } from '../../protocol/std/settings.ts'
import { LocalStore } from './local-store.ts'
import type { MediaStore } from './media-store.ts'
import { S3Store } from './s3-store.ts'
import type { mediaSettings } from './settings.ts'

/** The part of a gateway's settings that is about media. */
export type MediaSettings = Settings<typeof mediaSettings>

/** Where uploads are on their way, and media are kept where there is no S3 store. */
export function mediaDirectoryOf({ mediaDirectory, dataDirectory }: MediaSettings): string {
  return mediaDirectory === '' ? join(dataDirectory, 'media') : mediaDirectory
}

/** @throws StartError where an S3 store is named without all that it needs */
export function openStore(settings: MediaSettings): MediaStore {
  const { s3Endpoint, s3Bucket, s3Region, s3AccessKey, s3SecretKey } = settings
  if (s3Endpoint === '') return new LocalStore(mediaDirectoryOf(settings))
  if (s3Bucket === '' || s3AccessKey === '' || s3SecretKey === '') {
    throw new StartError(
      'ROOKERY_MEDIA_S3_ENDPOINT needs ROOKERY_MEDIA_S3_BUCKET, ROOKERY_MEDIA_S3_ACCESS_KEY and ROOKERY_MEDIA_S3_SECRET_KEY beside it: set them',
    )
  }
  return new S3Store({
    endpoint: s3Endpoint,
    bucket: s3Bucket,
    region: s3Region,
    accessKey: s3AccessKey,
    secretKey: s3SecretKey,
  })
}
