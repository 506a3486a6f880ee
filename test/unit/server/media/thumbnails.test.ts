import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { silentLog } from '../../../../protocol/std/log.ts'
import { thumbnailSideMax, thumbnailsWaitingMax } from '../../../../server/media/limits.ts'
import { Thumbnails } from '../../../../server/media/thumbnails.ts'
import { mediaFile } from '../../../helpers/media-files.ts'
import { temporaryDirectory } from '../../../helpers/temporary-directory.ts'

/** sharp is optional: without it there is no thumbnail, and nothing else is different. */
const isInstalled = (() => {
  try {
    createRequire(import.meta.url).resolve('sharp')
    return true
  } catch {
    // That is the answer.
    return false
  }
})()

function makeThumbnails(): Thumbnails {
  const thumbnails = new Thumbnails(silentLog())
  onTestFinished(() => thumbnails.close())
  return thumbnails
}

test('a large photo gets a small one, a broken one none; both are answered', async () => {
  const thumbnails = makeThumbnails()
  const directory = temporaryDirectory()
  const [from, to, broken] = ['from', 'to', 'broken'].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ]
  const photo = mediaFile('png', { width: 2_000, height: 1_000 })
  writeFileSync(from, photo)
  writeFileSync(broken, photo.subarray(0, photo.length / 2))
  const [made, none] = await Promise.all([
    thumbnails.make(from, to),
    thumbnails.make(broken, `${to}2`),
  ])
  expect(none).toBeUndefined()
  if (!isInstalled) {
    expect(made).toBeUndefined()
    return
  }
  const thumbnail = readFileSync(to)
  expect(thumbnail.length).toBe(made)
  expect(thumbnail.latin1Slice(8, 12)).toBe('WEBP')
  const lossy = { width: thumbnail.readUInt16LE(26), height: thumbnail.readUInt16LE(28) }
  expect(lossy).toEqual({ width: thumbnailSideMax, height: thumbnailSideMax / 2 })
})

test('more than may wait have none at once, and a closed process answers all', async () => {
  const thumbnails = makeThumbnails()
  const path = join(temporaryDirectory(), 'missing')
  const waiting = Array.from({ length: thumbnailsWaitingMax }, () => thumbnails.make(path, path))
  expect(await thumbnails.make(path, path)).toBeUndefined()
  thumbnails.close()
  expect(await Promise.all(waiting)).toEqual(waiting.map(() => undefined))
})
