import { describe, expect, test } from 'vitest'
import { cleanMp4 } from '../../../../server/media/clean-mp4.ts'
import { cleanWebm } from '../../../../server/media/clean-webm.ts'
import { box, element, mediaFile } from '../../../helpers/media-files.ts'
import { secret, table, trackOf } from '../../../helpers/telling-files.ts'

const words = Buffer.from(secret)
const film = mediaFile('mp4', { width: 640, height: 480 })

/** What is left of a file; undefined where it was refused. */
async function leftOf(
  clean: typeof cleanMp4 | typeof cleanWebm,
  ...parts: readonly Buffer[]
): Promise<Buffer | undefined> {
  const file = Buffer.concat(parts)
  const left = await clean({
    bytes: file.length,
    read: (offset, count) => Promise.resolve(file.subarray(offset, offset + count)),
  })
  const pieces = left?.pieces.all.map((piece) => {
    if (piece.kind === 'stretch') return file.subarray(piece.from, piece.to)
    return piece.kind === 'bytes' ? piece.bytes : Buffer.alloc(piece.count)
  })
  return pieces === undefined ? undefined : Buffer.concat(pieces)
}

const freed = (bytes: number) => box('free', Buffer.alloc(bytes))

describe('an MP4', () => {
  test.each([
    [0, 4],
    [1, 8],
  ])('of version %i does not say when it was made and changed', async (version, bytes) => {
    const start = Buffer.from([version, 0, 0, 7])
    const rest = Buffer.alloc(60, 0x11)
    const told = Buffer.alloc(2 * bytes, 0xe4)
    const of = (times: Buffer) => {
      const head = (name: string) => box(name, start, times, rest)
      const track = box('trak', head('tkhd'), box('mdia', head('mdhd')))
      return Buffer.concat([film, box('moov', head('mvhd'), track)])
    }
    expect(await leftOf(cleanMp4, of(told))).toEqual(of(Buffer.alloc(2 * bytes)))
  })

  test('that ends within its times is left so', async () => {
    const short = box('moov', box('mvhd'), box('mvhd', Buffer.from([1, 0, 0, 0, 9, 9])))
    const none = box('moov', box('mvhd'), box('mvhd', Buffer.from([1, 0, 0, 0, 0, 0])))
    expect(await leftOf(cleanMp4, film, short)).toEqual(Buffer.concat([film, none]))
  })

  test('has free space where a box was that is not needed, whichever it is in', async () => {
    for (const around of [
      (inner: Buffer) => inner,
      (inner: Buffer) => box('moov', inner),
      (inner: Buffer) => box('moov', box('trak', inner)),
      (inner: Buffer) => box('moov', box('trak', box('mdia', inner))),
      (inner: Buffer) => box('moov', box('trak', box('mdia', box('minf', inner)))),
      (inner: Buffer) => box('moov', box('trak', box('mdia', box('minf', box('stbl', inner))))),
      (inner: Buffer) => box('moof', inner),
      (inner: Buffer) => box('moof', box('traf', inner)),
    ]) {
      for (const name of ['uuid', 'gps ', 'prft', 'hdlr'.toUpperCase(), 'free']) {
        const left = await leftOf(cleanMp4, film, around(box(name, words)))
        expect(left, name).toEqual(Buffer.concat([film, around(freed(words.length))]))
      }
    }
  })

  test('keeps the description of its pictures and sound, without the names of who wrote them', async () => {
    const picture = (name: string) => {
      const body = Buffer.alloc(78, 0x22)
      body.fill(0, 42, 74)
      body.write(name, 43, 'latin1')
      body[42] = name.length
      return box(
        'stsd',
        Buffer.from('0000000000000002', 'hex'),
        box('avc1', body),
        box('avc3', body),
      )
    }
    const sound = box('stsd', Buffer.alloc(200, 0x33))
    const left = await leftOf(
      cleanMp4,
      film,
      box('moov', trackOf('vide', picture('GoPro AVC encoder')), trackOf('soun', sound)),
    )
    expect(left?.includes('GoPro')).toBe(false)
    expect(left?.includes(picture('').subarray(0, -8))).toBe(true)
    expect(left?.includes(sound)).toBe(true)
    expect(left?.includes('vide')).toBe(true)
  })

  test('is refused where it was cut: its tables say that there was more', async () => {
    const data = box('mdat', Buffer.alloc(1_000, 0x44))
    const places = (last: number) => [
      table('stco', [2, 0, last]),
      table('co64', [2, 0, 0, 0, last]),
    ]
    for (const which of [0, 1]) {
      const moov = (last: number) => box('moov', trackOf('vide', places(last)[which]!))
      const from = film.length + moov(0).length
      const whole = [film, moov(from + 8), data]
      expect((await leftOf(cleanMp4, ...whole))?.subarray(from)).toEqual(data)
      expect((await leftOf(cleanMp4, ...whole, words))?.subarray(from)).toEqual(data)
      expect(await leftOf(cleanMp4, film, moov(from + 8), data.subarray(0, 900))).toBeUndefined()
    }
  })
})

describe('a WebM', () => {
  const head = mediaFile('webm', { width: 640, height: 480 })
  const block = (byte: number) => element('a3', Buffer.alloc(50, byte))
  const endless = (id: string) => Buffer.concat([Buffer.from(id, 'hex'), Buffer.from([0xff])])

  test('does not say when it was made, how it is called, and with which program', async () => {
    const scale = element('2ad7b1', Buffer.from([0x0f, 0x42, 0x40]))
    const date = element('4461', Buffer.alloc(8, 0x77))
    const info = element('1549a966', date, scale, element('7ba9', words), element('5741', words))
    const left = await leftOf(cleanWebm, head, info)
    expect(left?.length).toBe(head.length + info.length)
    expect(left?.includes(Buffer.alloc(8, 0x77))).toBe(false)
    expect(left?.includes('GPS')).toBe(false)
    expect(left?.includes(scale)).toBe(true)
    // The program has to be there.
    expect(left?.subarray(-element('5741', words).length)).toEqual(
      element('5741', Buffer.alloc(words.length)),
    )
  })

  test('that was broken off ends with its last whole block', async () => {
    const whole = element('1f43b675', block(1), block(2))
    const cut = element('1f43b675', block(3), block(4)).subarray(0, -20)
    const left = await leftOf(cleanWebm, head, whole, cut)
    expect(left).toEqual(Buffer.concat([head, whole, cut.subarray(0, 8 + block(3).length)]))
  })

  test('of clusters without a length is followed, with nothing behind the last block', async () => {
    const live = Buffer.concat([
      ...[head, endless('1f43b675'), element('e7', Buffer.from([0])), block(1), block(2)],
      ...[endless('1f43b675'), element('e7', Buffer.from([9])), block(3)],
    ])
    expect(await leftOf(cleanWebm, live)).toEqual(live)
    expect(await leftOf(cleanWebm, live, Buffer.from(`PK\x03\x04${secret}`))).toEqual(live)
    const tags = element('1254c367', words)
    const left = await leftOf(cleanWebm, live, tags, block(4))
    expect(left?.length).toBe(live.length + tags.length + block(4).length)
    expect(left?.includes('GPS')).toBe(false)
    expect(left?.includes(block(4))).toBe(true)
  })

  test('whose segment says its length keeps it, and has nothing behind it', async () => {
    const start = head.subarray(0, 12)
    const parts = [element('1654ae6b'), element('1f43b675', block(1))]
    const segment = element('18538067', ...parts, Buffer.from('\0GPS', 'latin1'))
    const clean = element('18538067', ...parts, Buffer.alloc(4))
    const left = await leftOf(cleanWebm, start, segment, Buffer.from(`\0${secret}`))
    expect(left).toEqual(Buffer.concat([start, clean]))
  })
})
