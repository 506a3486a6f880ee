import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { MediaType } from '../../../../protocol/media.ts'
import { mediaTypes } from '../../../../protocol/media.ts'
import { cleaned } from '../../../../server/media/clean.ts'
import { sizeOf } from '../../../../server/media/dimensions.ts'
import { orientationOf, tiffOf } from '../../../../server/media/exif.ts'
import type { FileBytes } from '../../../../server/media/file-bytes.ts'
import type { Piece } from '../../../../server/media/pieces.ts'
import { box, mediaFile, pngChunk } from '../../../helpers/media-files.ts'
import { inserted, secret, tellingFile } from '../../../helpers/telling-files.ts'

const types = Object.keys(mediaTypes) as MediaType[]
const shape = { width: 1_203, height: 807 }

function inMemory(bytes: Buffer): FileBytes & { readonly asked: number } {
  let asked = 0
  return {
    bytes: bytes.length,
    read(offset, length) {
      asked++
      return Promise.resolve(bytes.subarray(offset, offset + length))
    },
    get asked() {
      return asked
    },
  }
}

function partOf(file: Buffer, piece: Piece): Buffer {
  if (piece.kind === 'stretch') return file.subarray(piece.from, piece.to)
  return piece.kind === 'bytes' ? piece.bytes : Buffer.alloc(piece.count)
}

async function cleanOf(type: MediaType, file: Buffer) {
  const found = await cleaned(type, inMemory(file))
  if (found === undefined) return undefined
  const { pieces, orientation } = found
  const bytes = Buffer.concat(pieces.all.map((piece) => partOf(file, piece)))
  expect(bytes.length).toBe(pieces.bytes)
  return { bytes, orientation, isWhole: pieces.isWhole(file.length) }
}

const turned: Record<MediaType, number> = { jpg: 6, png: 8, gif: 1, webp: 5, mp4: 1, webm: 1 }

describe.each(types)('a file of type %s', (type) => {
  test('that says nothing it should not is kept as it is', async () => {
    expect(await cleanOf(type, mediaFile(type, shape))).toMatchObject({ isWhole: true })
  })

  test('does not tell where it was taken any more, and shows the same', async () => {
    const clean = await cleanOf(type, tellingFile(type, shape))
    expect(clean?.bytes.includes(secret.slice(4, 11))).toBe(false)
    expect(clean?.bytes.includes('GPS')).toBe(false)
    expect(clean?.orientation).toBe(turned[type])
    expect(await sizeOf(type, inMemory(clean!.bytes))).toEqual(shape)
  })

  test('that was cleaned is clean, and turned as before', async () => {
    const once = await cleanOf(type, tellingFile(type, shape))
    const twice = await cleanOf(type, once!.bytes)
    expect(twice?.bytes.equals(once!.bytes)).toBe(true)
    expect(twice?.orientation).toBe(once!.orientation)
  })

  test('has nothing behind its end', async () => {
    for (const start of ['PK\x03\x04', '\0\0\0\x01', '\x1f\x43\xb6', secret, '']) {
      const more = Buffer.from(`${start}${secret}`.repeat(50), 'latin1')
      const clean = await cleanOf(type, Buffer.concat([mediaFile(type, shape), more]))
      expect(clean?.bytes.equals(mediaFile(type, shape)), start).toBe(true)
    }
  })

  test('that is cut anywhere is refused, or tells nothing', async () => {
    const file = tellingFile(type, shape)
    for (let end = 13; end < file.length; end += end < 3_000 ? 1 : 997) {
      const clean = await cleanOf(type, file.subarray(0, end))
      if (mediaTypes[type].kind === 'photo') expect(clean, `cut at ${end}`).toBeUndefined()
      expect(clean?.bytes.includes('GPS') ?? false, `cut at ${end}`).toBe(false)
    }
  })

  test('with any bytes in place of its own is read in few steps', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 20 }),
        async (changes) => {
          const file = Buffer.from(tellingFile(type, shape))
          for (const [at, value] of changes) file[12 + (at % (file.length - 12))] = value
          const source = inMemory(file)
          const clean = await cleaned(type, source)
          expect(clean?.pieces.bytes ?? 0).toBeLessThanOrEqual(file.length + 64)
          expect(source.asked).toBeLessThan(100)
        },
      ),
    )
  })
})

test('a scan is followed over the windows in which it is read, and over markers at their borders', async () => {
  const start = mediaFile('jpg', shape).subarray(0, -12)
  for (const distance of [-3, -2, -1, 0, 1]) {
    const scan = Buffer.alloc(65_536 * 2 + distance, 0x11)
    for (let at = 65_520; at < 65_560; at += 2) scan.set([0xff, 0x00], at)
    const end = Buffer.from([0xff, 0xda, 0, 8, 1, 1, 0, 0, 0x3f, 0, 7, 0xff, 0xd9])
    const file = Buffer.concat([start, scan, end])
    expect(await cleanOf('jpg', file)).toMatchObject({ isWhole: true })
    const clean = await cleanOf('jpg', Buffer.concat([file, Buffer.from(secret)]))
    expect(clean?.bytes.equals(file)).toBe(true)
  }
})

test('a file of a hundred thousand parts is refused, not followed', async () => {
  const many = (part: Buffer) => Array.from({ length: 100_000 }, () => part)
  const texts = many(pngChunk('tEXt', Buffer.alloc(0)))
  expect(await cleanOf('png', inserted(mediaFile('png', shape), 33, ...texts))).toBeUndefined()
  const boxes = Buffer.concat([mediaFile('mp4', shape), ...many(box('uuid'))])
  expect(await cleanOf('mp4', boxes)).toBeUndefined()
})

test('how a photo is turned is read in both orders of bytes, and nonsense is upright', () => {
  const big = Buffer.from('4d4d002a000000080001011200030000000100060000', 'hex')
  expect(orientationOf(big)).toBe(6)
  for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8] as const) {
    expect(orientationOf(tiffOf(orientation))).toBe(orientation)
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      const order = Buffer.from('II*\0')
      expect(orientationOf(Buffer.concat([order, bytes]))).toBeGreaterThan(0)
    }),
  )
})
