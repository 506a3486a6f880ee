// What a store of media has to do, for each implementation: a directory, and an S3 store.

import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { LocalStore } from '../../server/media/local-store.ts'
import type { MediaStore } from '../../server/media/media-store.ts'
import { S3Store } from '../../server/media/s3-store.ts'
import { FakeS3 } from '../helpers/fake-s3.ts'
import { temporaryDirectory } from '../helpers/temporary-directory.ts'

const stores: Record<string, () => Promise<{ store: MediaStore } & AsyncDisposable>> = {
  'in a directory': () => {
    const store = new LocalStore(temporaryDirectory())
    return Promise.resolve({ store, [Symbol.asyncDispose]: () => Promise.resolve() })
  },
  'on S3': async () => {
    const fake = await FakeS3.start()
    return {
      store: new S3Store(fake.options),
      [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
    }
  },
}

async function put(store: MediaStore, name: string, content: Buffer): Promise<void> {
  const directory = temporaryDirectory()
  mkdirSync(directory, { recursive: true })
  const path = join(directory, 'file')
  writeFileSync(path, content)
  const sha256 = createHash('sha256').update(content).digest('hex')
  await store.put(name, { path, bytes: content.length, contentType: 'image/png', sha256 })
}

async function bytesOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array))
  return Buffer.concat(chunks)
}

async function namesIn(store: MediaStore): Promise<string[]> {
  const names: string[] = []
  for await (const { name } of store.files()) names.push(name)
  return names.sort()
}

const content = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7) & 0xff))

describe.each(Object.entries(stores))('a store %s', (_, open) => {
  test('gives back what it was given, and any part of it', async () => {
    await using opened = await open()
    const { store } = opened
    await put(store, 'AbC-_.png', content)
    const found = await store.find('AbC-_.png')
    expect(found?.bytes).toBe(content.length)
    expect(Math.abs(found!.storedAtMs - Date.now())).toBeLessThan(60_000)
    const whole = await store.read('AbC-_.png', { from: 0, to: content.length - 1 })
    expect((await bytesOf(whole)).equals(content)).toBe(true)
    const part = await store.read('AbC-_.png', { from: 100_000, to: 199_999 })
    expect((await bytesOf(part)).equals(content.subarray(100_000, 200_000))).toBe(true)
  })

  test('tells two names apart that differ only in their case', async () => {
    await using opened = await open()
    const { store } = opened
    await put(store, 'aa1.png', Buffer.from('small'))
    await put(store, 'aA1.png', Buffer.from('large'))
    expect((await bytesOf(await store.read('aa1.png', { from: 0, to: 4 }))).toString()).toBe(
      'small',
    )
  })

  test('lists all that there is, keeps one file of two equal ones, and removes', async () => {
    await using opened = await open()
    const { store } = opened
    expect(await namesIn(store)).toEqual([])
    const names = ['aa1.png', 'aa2.png', 'bb1.png', 'bb1.png.thumbnail', 'cc1.mp4']
    for (const name of [...names, 'aa1.png']) await put(store, name, Buffer.from(name))
    expect(await namesIn(store)).toEqual(names)
    await store.remove('bb1.png')
    await store.remove('bb1.png')
    expect(await store.find('bb1.png')).toBeUndefined()
    expect(await namesIn(store)).toEqual(names.filter((name) => name !== 'bb1.png'))
  })
})

test('an S3 store that is given the wrong key says so in an error', async () => {
  await using fake = await FakeS3.start()
  const store = new S3Store({ ...fake.options, secretKey: 'another' })
  await expect(store.find('aa1.png')).rejects.toThrow('403')
  await expect(put(store, 'aa1.png', content)).rejects.toThrow('SignatureDoesNotMatch')
  expect(fake.objects.size).toBe(0)
})

test('an S3 store that is not there is an error, not a missing file', async () => {
  const fake = await FakeS3.start()
  const { options } = fake
  await fake[Symbol.asyncDispose]()
  await expect(new S3Store(options).find('aa1.png')).rejects.toThrow('did not answer')
})

test('a directory takes no name that leads out of it', async () => {
  const directory = temporaryDirectory()
  const store = new LocalStore(directory)
  for (const name of ['../x', '..', '/etc/passwd', 'a/b', '']) {
    await expect(store.find(name)).rejects.toThrow(RangeError)
  }
})
