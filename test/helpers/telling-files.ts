// Photos and videos that say more than is to be seen: where they were taken, in every place where programs put such
// things. Those of photos that can say so are turned, too.

import type { MediaType } from '../../protocol/media.ts'
import { tiffOf } from '../../server/media/exif.ts'
import type { Shape } from './media-files.ts'
import { box, element, mediaFile, pngChunk } from './media-files.ts'

/** What nobody but their sender is to read. */
export const secret = 'GPS 47.4979 N 19.0402 E'

/** A JPEG is turned by 6, a PNG by 8, a WebP by 5: all of them lie on their side. */
export function tellingFile(type: MediaType, shape: Shape): Buffer {
  return tellers[type](shape)
}

/** A TIFF that says how a photo is turned, and where it was taken. */
function tellingTiff(orientation: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8): Buffer {
  return Buffer.concat([tiffOf(orientation), Buffer.from(secret)])
}

function jpegSegment(marker: number, body: Buffer | string): Buffer {
  const content = Buffer.from(body as string, 'latin1')
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(content.length + 2, 2)
  return Buffer.concat([head, content])
}

function riffChunk(name: string, body: Buffer): Buffer {
  const head = Buffer.alloc(8)
  head.write(name, 'latin1')
  head.writeUInt32LE(body.length, 4)
  return Buffer.concat([head, body, Buffer.alloc(body.length & 1)])
}

/** A file with more in the middle. */
export function inserted(file: Buffer, at: number, ...parts: readonly Buffer[]): Buffer {
  return Buffer.concat([file.subarray(0, at), ...parts, file.subarray(at)])
}

/** A track of what is neither seen nor heard. */
export function metadataTrack(...tables: readonly Buffer[]): Buffer {
  return trackOf('meta', ...tables)
}

/** A track with a handler of this name: `vide`, `soun`, `sbtl`, … */
export function trackOf(name: string, ...tables: readonly Buffer[]): Buffer {
  const handler = Buffer.alloc(24 + secret.length + 1)
  handler.write(name, 8, 'latin1')
  handler.write(secret, 24, 'latin1')
  return box('trak', box('mdia', box('hdlr', handler), box('minf', box('stbl', ...tables))))
}

/** A table of a track: numbers behind a version. */
export function table(name: string, numbers: readonly number[]): Buffer {
  const body = Buffer.alloc(4 + 4 * numbers.length)
  for (const [place, number] of numbers.entries()) body.writeUInt32BE(number, 4 + 4 * place)
  return box(name, body)
}

const tellers: Record<MediaType, (shape: Shape) => Buffer> = {
  jpg: (shape) =>
    inserted(
      mediaFile('jpg', shape),
      2,
      jpegSegment(0xe0, `JFIF\0\x01\x01\0\0\x01\0\x01\x01\x0a${secret}secret`),
      jpegSegment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), tellingTiff(6)])),
      jpegSegment(0xe1, `http://ns.adobe.com/xap/1.0/\0${secret}`),
      jpegSegment(0xe2, `MPF\0${secret}`),
      jpegSegment(0xed, `Photoshop 3.0\0${secret}`),
      jpegSegment(0xfe, secret),
      Buffer.from([0xff, 0xff]),
    ),
  png: (shape) =>
    inserted(
      mediaFile('png', shape),
      33,
      pngChunk('eXIf', tellingTiff(8)),
      pngChunk('tEXt', Buffer.from(`Comment\0${secret}`)),
      pngChunk('iTXt', Buffer.from(`XML:com.adobe.xmp\0\0\0\0\0${secret}`)),
      pngChunk('tIME', Buffer.alloc(7)),
      pngChunk('gpSx', Buffer.from(secret)),
      pngChunk('gAMA', Buffer.alloc(4)),
    ),
  gif: (shape) =>
    inserted(
      mediaFile('gif', shape),
      13,
      Buffer.from([0x21, 0xfe, secret.length]),
      Buffer.from(`${secret}\0`),
      Buffer.from([0x21, 0xff, 11]),
      Buffer.from(`XMP DataXMP\x17${secret}\0`, 'latin1'),
      Buffer.from([0x21, 0xff, 11]),
      Buffer.from('NETSCAPE2.0\x03\x01\0\0\0', 'latin1'),
      Buffer.from([0x21, 0xf9, 4, 0, 0, 0, 0, 0]),
      Buffer.from([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x4c, 1, 0]),
    ),
  webp: (shape) => {
    const file = Buffer.concat([
      mediaFile('webp', shape),
      riffChunk('VP8L', Buffer.alloc(7, 1)),
      riffChunk('EXIF', tellingTiff(5)),
      riffChunk('XMP ', Buffer.from(secret)),
      riffChunk('GPS ', Buffer.from(secret)),
    ])
    file[20] = 0x0c | 0x10
    file.writeUInt32LE(file.length - 8, 4)
    return file
  },
  mp4: (shape) => {
    const metadata = box('udta', box('\xa9xyz', Buffer.from(secret)))
    const film = mediaFile('mp4', shape)
    const data = box('mdat', Buffer.from(`frame${secret}${secret}frame${secret}frame`))
    const at = film.length + 8 + 5
    const chunks = [at, at + 2 * secret.length + 5]
    const sizes = [secret.length, secret.length, secret.length]
    const runs = [
      [1, 2, 1],
      [2, 1, 1],
    ]
    const track = metadataTrack(
      table('stsz', [0, sizes.length, ...sizes]),
      table('stsc', [runs.length, ...runs.flat()]),
      table('stco', [chunks.length, ...chunks]),
    )
    const words = Buffer.from(secret)
    const picture = Buffer.alloc(78)
    picture.write(secret, 43, 'latin1')
    const shown = trackOf(
      'vide',
      box('stsd', Buffer.from('0000000000000001', 'hex'), box('avc1', picture)),
      box('gps ', words),
    )
    const moov = box('moov', metadata, track, shown, box('gps ', words), box('meta', words))
    const others = ['uuid', 'inst', 'prft', 'emsg', 'free', 'skip', 'wide']
    return Buffer.concat([film, data, moov, ...others.map((name) => box(name, words))])
  },
  webm: (shape) => {
    const words = Buffer.from(secret)
    // When it was made, its title, the names of files; of programs, which stay without a word.
    const told = ['4461', '7ba9', '7384', '3c83ab', '3e83bb', '73a4', '4d80', '5741', 'ec', 'bf']
    const info = element('1549a966', ...told.map((id) => element(id, words)))
    const names = ['536e', '258688'].map((id) => element(id, words))
    const tracks = element('1654ae6b', element('ae', ...names), element('bf', words))
    const others = ['1254c367', '1043a770', '4f4f', 'ec'].map((id) => element(id, words))
    const file = element('1941a469', Buffer.from(secret.repeat(20)))
    return Buffer.concat([mediaFile('webm', shape), info, tracks, ...others, file])
  },
}
