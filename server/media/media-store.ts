// The port to where media files are kept: a directory (local-store.ts), or an S3 store (s3-store.ts).
//
// A file's name says what is in it (protocol/media.ts), so a file never changes and may be put any number of
// times. A store knows nothing of tweets or users; whether a file is still wanted is for others to say.

import type { Readable } from 'node:stream'

export type StoredFile = { readonly bytes: number; readonly storedAtMs: number }

export type FileToStore = {
  /** A whole file on this machine. The store may take it away from there. */
  readonly path: string
  readonly bytes: number
  readonly contentType: string
  /** Its SHA-256, in hexadecimal digits. */
  readonly sha256: string
}

/** Everything rejects with an Error where the store cannot be reached or does not do what it should. */
export type MediaStore = {
  /** Keeps a file under a name. One that is there already counts as stored now. */
  put(name: string, file: FileToStore): Promise<void>
  find(name: string): Promise<StoredFile | undefined>
  /** The bytes from `from` up to and including `to` of a file that is there. */
  read(name: string, range: { readonly from: number; readonly to: number }): Promise<Readable>
  /** All files, in no order; one that comes or goes meanwhile may be missing. */
  files(): AsyncIterable<{ readonly name: string; readonly storedAtMs: number }>
  /** Removes a file; one that is not there is removed already. */
  remove(name: string): Promise<void>
}

/** The name of the thumbnail of a medium. */
export function thumbnailName(mediaId: string): string {
  return `${mediaId}.thumbnail`
}

/** The medium that a name belongs to. */
export function mediaIdOfName(name: string): string {
  return name.replace(/\.thumbnail$/, '')
}

/** Thumbnails have one format, whatever they are made of. */
export const thumbnailContentType = 'image/webp'
