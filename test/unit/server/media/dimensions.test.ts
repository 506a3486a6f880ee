import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { MediaType } from '../../../../protocol/media.ts'
import { mediaTypes } from '../../../../protocol/media.ts'
import { sizeOf } from '../../../../server/media/dimensions.ts'
import type { FileBytes } from '../../../../server/media/file-bytes.ts'
import { fileTypeOf } from '../../../../server/media/file-type.ts'
import { formatStepsMax } from '../../../../server/media/limits.ts'
import { mediaFile } from '../../../helpers/media-files.ts'

const types = Object.keys(mediaTypes) as MediaType[]

/** A file in memory that counts how often it is read. */
function inMemory(bytes: Buffer): FileBytes & { reads: number } {
  return {
    bytes: bytes.length,
    reads: 0,
    read(offset, length) {
      this.reads++
      return Promise.resolve(bytes.subarray(offset, offset + length))
    },
  }
}

describe.each(types)('a file of type %s', (type) => {
  test('is known by its first bytes, and says how wide and high it is', async () => {
    const file = mediaFile(type, { width: 1_203, height: 807, bytes: 100_000 })
    expect(fileTypeOf(file.subarray(0, 64))).toBe(type)
    expect(await sizeOf(type, inMemory(file))).toEqual({ width: 1_203, height: 807 })
  })

  test('that ends anywhere is broken or says the same', async () => {
    const file = mediaFile(type, { width: 300, height: 200 })
    for (let end = 0; end < Math.min(file.length, 200); end++) {
      expect([undefined, type]).toContain(fileTypeOf(file.subarray(0, Math.min(end, 64))))
      const size = await sizeOf(type, inMemory(file.subarray(0, end)))
      expect([undefined, 300], `cut at ${end}`).toContain(size?.width)
    }
  })

  test('with any bytes in place of its own is read in few steps', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 20 }),
        async (changes) => {
          const file = Buffer.from(mediaFile(type, { width: 300, height: 200 }))
          for (const [at, value] of changes) file[12 + (at % (file.length - 12))] = value
          const source = inMemory(file)
          const size = await sizeOf(type, source)
          if (size !== undefined) expect(size.width * size.height).toBeGreaterThan(0)
          expect(source.reads).toBeLessThanOrEqual(formatStepsMax + 1)
        },
      ),
    )
  })
})

describe('what is not taken', () => {
  test.each<[string, string]>([
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'],
    ['HTML', '<!doctype html><script>alert(1)</script>'],
    ['HTML behind a comment that says GIF', ' GIF89a<script>'],
    ['an AVIF picture', '\0\0\0\x1cftypavif\0\0\0\0avifmif1'],
    ['a QuickTime film', '\0\0\0\x14ftypqt  \0\0\0\0qt  '],
    ['a Matroska film', '\x1a\x45\xdf\xa3\x8b\x42\x82\x88matroska'],
    ['a sound', 'RIFF\x24\0\0\0WAVEfmt '],
    ['nothing', ''],
  ])('%s', (_, text) => {
    expect(fileTypeOf(Buffer.from(text.padEnd(64), 'latin1'))).toBeUndefined()
  })
})

describe('a photo', () => {
  test('whose WebP has no extended head says its size all the same', async () => {
    const lossy = Buffer.alloc(30)
    lossy.write('RIFF\x16\0\0\0WEBPVP8 ', 'latin1')
    lossy.set([0x9d, 0x01, 0x2a, 0x40, 0x01, 0xf0, 0x00], 23)
    expect(await sizeOf('webp', inMemory(lossy))).toEqual({ width: 320, height: 240 })
    const lossless = Buffer.alloc(30)
    lossless.write('RIFF\x16\0\0\0WEBPVP8L', 'latin1')
    lossless[20] = 0x2f
    lossless.writeUInt32LE(319 | (239 << 14), 21)
    expect(await sizeOf('webp', inMemory(lossless))).toEqual({ width: 320, height: 240 })
  })

  test('without any width is broken', async () => {
    const file = mediaFile('gif', { width: 0, height: 20 })
    expect(await sizeOf('gif', inMemory(file))).toBeUndefined()
  })
})
