// Files of every type that is taken, as small as they can be, and as large as a test wants them.
//
// A PNG here is a whole picture that any decoder shows. The others are whole by their heads, and have no picture in
// their data; what a padding follows.

import { crc32, deflateSync } from 'node:zlib'
import type { MediaType } from '../../protocol/media.ts'

export type Shape = { readonly width: number; readonly height: number; readonly bytes?: number }

/** A file of this type, of this size, filled up to so many bytes. */
export function mediaFile(type: MediaType, shape: Shape): Buffer {
  const file = makers[type](shape)
  const missing = (shape.bytes ?? 0) - file.length
  if (missing <= 0) return file
  // What stands behind all tables of a film, and in none of them, does not stay.
  return type === 'mp4' ? mp4(shape, missing) : Buffer.concat([file, padding(type, missing)])
}

const makers: Record<MediaType, (shape: Shape) => Buffer> = { jpg, png, gif, webp, mp4, webm }

/** Of a video it is data, which stays; of a photo it hangs on behind the end. */
function padding(type: MediaType, bytes: number): Buffer {
  const data = Buffer.alloc(Math.max(0, bytes - 8), 0x55)
  return type === 'webm' ? element('1f43b675', data) : Buffer.alloc(bytes, 0x55)
}

function png({ width, height }: Shape): Buffer {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  // Eight bits of grey.
  head.set([8, 0, 0, 0, 0], 8)
  const lines = Buffer.alloc((width + 1) * height)
  for (let at = 0; at < lines.length; at++) lines[at] = at % (width + 1) === 0 ? 0 : at & 0xff
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
  return Buffer.concat([
    signature,
    pngChunk('IHDR', head),
    pngChunk('IDAT', deflateSync(lines)),
    pngChunk('IEND', Buffer.alloc(0)),
  ])
}

export function pngChunk(name: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, check])
}

/** A JPEG with a long profile before its frame, and data with a marker in it that is none. */
function jpg({ width, height }: Shape): Buffer {
  const profile = Buffer.alloc(2 + 40_000, 0xff)
  profile.writeUInt16BE(profile.length)
  profile.write('ICC_PROFILE\0', 2, 'latin1')
  const frame = Buffer.alloc(19)
  frame.set([0xff, 0xc2, 0, 17, 8])
  frame.writeUInt16BE(height, 5)
  frame.writeUInt16BE(width, 7)
  return Buffer.concat([
    Buffer.from([0xff, 0xd8, 0xff, 0xe2]),
    profile,
    frame,
    Buffer.from([0xff, 0xda, 0, 8, 1, 1, 0, 0, 0x3f, 0]),
    Buffer.from([1, 2, 3, 0xff, 0, 4, 0xff, 0xd0, 5, 6]),
    Buffer.from([0xff, 0xd9]),
  ])
}

function gif({ width, height }: Shape): Buffer {
  const file = Buffer.alloc(14)
  file.write('GIF89a', 'latin1')
  file.writeUInt16LE(width, 6)
  file.writeUInt16LE(height, 8)
  file[13] = 0x3b
  return file
}

function webp({ width, height }: Shape): Buffer {
  const file = Buffer.alloc(30)
  file.write('RIFF', 0, 'latin1')
  file.writeUInt32LE(file.length - 8, 4)
  file.write('WEBPVP8X', 8, 'latin1')
  file.writeUInt32LE(10, 16)
  file.writeUIntLE(width - 1, 24, 3)
  file.writeUIntLE(height - 1, 27, 3)
  return file
}

export function box(name: string, ...inside: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(8 + inside.reduce((sum, { length }) => sum + length, 0))
  head.write(name, 4, 'latin1')
  return Buffer.concat([head, ...inside])
}

/** A track of sound comes first, and all of it behind the data, as cameras write it. */
function mp4({ width, height }: Shape, moreBytes = 0): Buffer {
  const track = (wide: number, high: number): Buffer => {
    const body = Buffer.alloc(84)
    body.writeUInt16BE(wide, 76)
    body.writeUInt16BE(high, 80)
    return box('trak', box('tkhd', body))
  }
  return Buffer.concat([
    box('ftyp', Buffer.from('isom\0\0\x02\0isommp41', 'latin1')),
    box('mdat', Buffer.alloc(100), Buffer.alloc(moreBytes, 0x55)),
    box('moov', box('mvhd', Buffer.alloc(100)), track(0, 0), track(width, height)),
  ])
}

export function element(id: string, ...inside: readonly Buffer[]): Buffer {
  const body = Buffer.concat(inside)
  const size = Buffer.alloc(4)
  size.writeUInt32BE((0x10000000 | body.length) >>> 0)
  return Buffer.concat([Buffer.from(id, 'hex'), size, body])
}

/** Its segment has no known length, as that of a live recording. */
function webm({ width, height }: Shape): Buffer {
  const number = (value: number): Buffer => {
    const bytes = Buffer.alloc(2)
    bytes.writeUInt16BE(value)
    return bytes
  }
  return Buffer.concat([
    Buffer.from('1a45dfa3', 'hex'),
    Buffer.from([0x87]),
    Buffer.from('42828477', 'hex'),
    Buffer.from('ebm', 'latin1'),
    Buffer.from('18538067', 'hex'),
    Buffer.from([0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    element('1549a966', Buffer.alloc(20)),
    element(
      '1654ae6b',
      element('ae', element('e0', element('b0', number(width)), element('ba', number(height)))),
    ),
  ])
}

/** A form with the parts given, each as its head says. */
export function formOf(
  parts: readonly { readonly head: string; readonly body: Buffer | string }[],
  boundary = 'a-boundary',
): { readonly body: Buffer; readonly contentType: string } {
  const pieces = parts.flatMap(({ head, body }) => [
    Buffer.from(`--${boundary}\r\n${head}\r\n\r\n`),
    Buffer.from(body),
    Buffer.from('\r\n'),
  ])
  return {
    body: Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]),
    contentType: `multipart/form-data; boundary=${boundary}`,
  }
}
