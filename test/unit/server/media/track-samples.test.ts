import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cleanMp4 } from '../../../../server/media/clean-mp4.ts'
import { box, mediaFile } from '../../../helpers/media-files.ts'
import { metadataTrack, secret, table, trackOf } from '../../../helpers/telling-files.ts'

const film = mediaFile('mp4', { width: 640, height: 480 })
/** Where the data begins that `video` puts behind the film. */
const dataAt = film.length + 8

/** A video with so much data, and a track of metadata with these tables. */
function video(data: string, ...tables: readonly Buffer[]): Buffer {
  return videoWith(metadataTrack(...tables), data)
}

function videoWith(track: Buffer, data: string): Buffer {
  return Buffer.concat([film, box('mdat', Buffer.from(data)), box('moov', track)])
}

/** The data of a video that was cleaned; undefined where it was refused. */
async function dataOf(file: Buffer, length: number): Promise<string | undefined> {
  const clean = await cleanMp4({
    bytes: file.length,
    read: (offset, count) => Promise.resolve(file.subarray(offset, offset + count)),
  })
  if (clean === undefined) return undefined
  const parts = clean.pieces.all.map((piece) => {
    if (piece.kind === 'stretch') return file.subarray(piece.from, piece.to)
    return piece.kind === 'bytes' ? piece.bytes : Buffer.alloc(piece.count)
  })
  const bytes = Buffer.concat(parts)
  expect(bytes.length).toBe(file.length)
  expect(bytes.subarray(0, dataAt).equals(file.subarray(0, dataAt))).toBe(true)
  return bytes.toString('latin1', dataAt, dataAt + length)
}

const gone = (text: string) => '\0'.repeat(text.length)
const oneEach = table('stsc', [1, 1, 1, 1])

describe('the samples of a track that is neither seen nor heard', () => {
  const data = `frame${secret}frame${secret}`
  const clean = `frame${gone(secret)}frame${gone(secret)}`
  const places = [dataAt + 5, dataAt + 10 + secret.length]
  const sizes = table('stsz', [secret.length, 2])

  test('are made zeros, with the frames between them as they were', async () => {
    const file = video(data, sizes, oneEach, table('stco', [2, ...places]))
    expect(await dataOf(file, data.length)).toBe(clean)
  })

  test('are found by long places and by compact lengths as well', async () => {
    const long = table('co64', [2, 0, places[0]!, 0, places[1]!])
    expect(await dataOf(video(data, sizes, oneEach, long), data.length)).toBe(clean)
    const short = table('stco', [2, ...places])
    for (const [bits, lengths] of [
      [8, (secret.length << 24) | (secret.length << 16)],
      [16, (secret.length << 16) | secret.length],
    ] as const) {
      const compact = table('stz2', [bits, 2, lengths])
      expect(await dataOf(video(data, compact, oneEach, short), data.length)).toBe(clean)
    }
    const halves = video('framegps--gps!', table('stz2', [4, 2, 0x34_00_00_00]), oneEach, short)
    halves.writeUInt32BE(dataAt + 10, halves.length - 4)
    expect(await dataOf(halves, 14)).toBe('frame\0\0\0--\0\0\0\0')
  })

  test('are refused where some are not said to lie in the data of the file', async () => {
    const stco = table('stco', [2, ...places])
    const broken = {
      'no table': [],
      'no places': [sizes, oneEach],
      'no lengths': [oneEach, stco],
      'no chunks': [sizes, stco],
      'two tables of places': [sizes, oneEach, stco, table('co64', [0])],
      'a place behind the end': [sizes, oneEach, table('stco', [2, places[0]!, 0x7fff_ffff])],
      'a place before the data': [sizes, oneEach, table('stco', [2, places[0]!, dataAt - 1])],
      'fewer places than samples': [sizes, oneEach, table('stco', [1, places[0]!])],
      'chunks without samples': [sizes, table('stsc', [1, 1, 0, 1]), stco],
      'a table that is cut': [sizes, oneEach, table('stco', [3, ...places])],
      'more samples than bytes': [table('stsz', [secret.length, 0xffff_ffff]), oneEach, stco],
    }
    for (const [what, tables] of Object.entries(broken)) {
      expect(await dataOf(video(data, ...tables), data.length), what).toBeUndefined()
    }
  })

  test('are refused in more places than pieces, all tracks together, and no more of them is read', async () => {
    const many = Array.from({ length: 20_000 }, (_, place) => dataAt + 2 * place)
    const stco = table('stco', [many.length, ...many])
    const track = metadataTrack(table('stsz', [1, many.length]), oneEach, stco)
    const tracks = Buffer.concat(Array.from({ length: 60 }, () => track))
    const file = videoWith(tracks, 'fg'.repeat(many.length))
    let [tablesRead, turns] = [0, 0]
    let turn = setImmediate(function next() {
      turns++
      turn = setImmediate(next)
    })
    const clean = await cleanMp4({
      bytes: file.length,
      read: (offset, count) => {
        if (count === 4 * many.length) tablesRead++
        return Promise.resolve(file.subarray(offset, offset + count))
      },
    })
    clearImmediate(turn)
    expect(clean).toBeUndefined()
    expect(tablesRead).toBe(2)
    // Others get their turn after every 256 of them.
    expect(turns).toBeGreaterThan((2 * many.length) / 256 - 2)
  })

  test('are refused in fragments; a film in fragments without such a track is taken', async () => {
    const none = [table('stsz', [0, 0]), table('stsc', [0]), table('stco', [0])]
    const whole = video(data, ...none)
    expect(await dataOf(whole, data.length)).toBe(data)
    expect(await dataOf(Buffer.concat([whole, box('moof')]), data.length)).toBeUndefined()
    const film = Buffer.concat([mediaFile('mp4', { width: 640, height: 480 }), box('moof')])
    expect(await dataOf(film, 0)).toBe('')
  })

  test('are those of subtitles, times and whatever a camera calls them; not those of pictures and sound', async () => {
    const tables = [sizes, oneEach, table('stco', [2, ...places])]
    for (const handler of ['sbtl', 'text', 'subt', 'clcp', 'tmcd', 'camm', 'none']) {
      const file = videoWith(trackOf(handler, ...tables), data)
      expect(await dataOf(file, data.length), handler).toBe(clean)
    }
    for (const handler of ['vide', 'soun', 'auxv']) {
      const file = videoWith(trackOf(handler, ...tables), data)
      expect(await dataOf(file, data.length), handler).toBe(data)
    }
  })

  test('stay as they are for subtitles of a film in fragments, which is taken', async () => {
    const none = [table('stsz', [0, 0]), table('stsc', [0]), table('stco', [0])]
    const file = Buffer.concat([videoWith(trackOf('sbtl', ...none), data), box('moof')])
    expect(await dataOf(file, data.length)).toBe(data)
    const other = Buffer.concat([videoWith(trackOf('camm', ...none), data), box('moof')])
    expect(await dataOf(other, data.length)).toBeUndefined()
  })

  test('are found wherever they lie, in chunks of any number', async () => {
    const part = fc.record({ frame: fc.nat(9), samples: fc.array(fc.integer({ min: 1, max: 9 })) })
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 9 }), async (parts) => {
        const chunks = parts.filter(({ samples }) => samples.length > 0)
        const told = parts.flatMap(({ samples }) => samples)
        let [before, after] = ['', '']
        const at: number[] = []
        for (const { frame, samples } of parts) {
          before += 'f'.repeat(frame)
          after += 'f'.repeat(frame)
          if (samples.length > 0) at.push(dataAt + before.length)
          const bytes = samples.reduce((sum, length) => sum + length, 0)
          before += 'g'.repeat(bytes)
          after += '\0'.repeat(bytes)
        }
        const runs = chunks.flatMap(({ samples }, chunk) => [chunk + 1, samples.length, 1])
        const tables = [
          table('stsz', [0, told.length, ...told]),
          table('stsc', [chunks.length, ...runs]),
          table('stco', [at.length, ...at]),
        ]
        expect(await dataOf(video(before, ...tables), before.length)).toBe(after)
      }),
    )
  })
})
