import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { partHeadBytesMax, partsMax } from '../../../../server/media/limits.ts'
import { boundaryOf, FormProblem, MultipartReader } from '../../../../server/media/multipart.ts'
import { formOf } from '../../../helpers/media-files.ts'

type Part = { name: string; isFile: boolean; body: string }

/** Reads a form in pieces; the parts that came out, and whether it was whole. */
function read(body: Buffer, cuts: readonly number[] = [], boundary = 'a-boundary') {
  const reader = new MultipartReader(boundary)
  const parts: Part[] = []
  let from = 0
  for (const cut of [...cuts].sort((left, right) => left - right).concat(body.length)) {
    for (const event of reader.push(body.subarray(from, cut))) {
      if (event.kind === 'part') parts.push({ name: event.name, isFile: event.isFile, body: '' })
      if (event.kind === 'data') parts.at(-1)!.body += event.bytes.toString('latin1')
    }
    from = cut
  }
  return { parts, isComplete: reader.isComplete }
}

const file =
  'Content-Disposition: form-data; name="file"; filename="a.jpg"\r\nContent-Type: image/jpeg'
const alt = 'Content-Disposition: form-data; name="alt"'

describe('a form that comes in pieces', () => {
  test('is read the same wherever it is cut, whatever is in it', () => {
    const nearBoundary = fc.constantFrom(
      '\r\n--a-boundar',
      '\r',
      '\r\n',
      '\r\n--',
      '--a-boundary',
      '\n',
    )
    const piece = fc.oneof(nearBoundary, fc.string({ unit: 'binary-ascii', maxLength: 40 }))
    const body = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''))
    fc.assert(
      fc.property(
        fc.array(body, { minLength: 1, maxLength: 4 }),
        fc.infiniteStream(fc.nat()),
        (bodies, chance) => {
          fc.pre(bodies.every((one) => !`\r\n${one}`.includes('\r\n--a-boundary')))
          const form = formOf(
            bodies.map((one) => ({ head: file, body: Buffer.from(one, 'latin1') })),
          )
          const cuts = Array.from(
            { length: 12 },
            () => Number(chance.next().value) % form.body.length,
          )
          const { parts, isComplete } = read(form.body, cuts)
          expect(parts.map((part) => part.body)).toEqual(bodies)
          expect(isComplete).toBe(true)
        },
      ),
    )
  })

  test('is read byte by byte too', () => {
    const { body } = formOf([
      { head: file, body: 'one' },
      { head: alt, body: '' },
    ])
    const everywhere = Array.from({ length: body.length }, (_, at) => at)
    expect(read(body, everywhere)).toEqual({
      parts: [
        { name: 'file', isFile: true, body: 'one' },
        { name: 'alt', isFile: false, body: '' },
      ],
      isComplete: true,
    })
  })

  test('may have a preamble, blanks behind a boundary, and something after its end', () => {
    const body = Buffer.from(`hello\r\n--b \t\r\n${alt}\r\n\r\nx\r\n--b--\r\nbye`)
    expect(read(body, [], 'b')).toEqual({
      parts: [{ name: 'alt', isFile: false, body: 'x' }],
      isComplete: true,
    })
  })

  test('that is cut off is not complete', () => {
    const { body } = formOf([{ head: file, body: 'one' }])
    expect(read(body.subarray(0, -6)).isComplete).toBe(false)
  })
})

describe('a form that is none', () => {
  const refused: Record<string, Buffer> = {
    'goes on without a boundary': Buffer.alloc(partHeadBytesMax + 100, 0x61),
    'has a head without an end': Buffer.concat([
      Buffer.from('--a-boundary\r\n'),
      Buffer.alloc(partHeadBytesMax + 100, 0x61),
    ]),
    'has more parts than anybody needs': formOf(
      Array.from({ length: partsMax + 1 }, () => ({ head: alt, body: 'x' })),
    ).body,
    'has a boundary that goes on': Buffer.from(`--a-boundaryx\r\n${alt}\r\n\r\n`),
    'has a part without a name': formOf([{ head: 'Content-Type: text/plain', body: 'x' }]).body,
    'has a part without any head': formOf([{ head: '', body: 'x' }]).body,
    'has a part with two names': formOf([{ head: `${alt}; name="file"`, body: 'x' }]).body,
    'has a part with two dispositions': formOf([{ head: `${alt}\r\n${file}`, body: 'x' }]).body,
    'hides a name in a name': formOf([{ head: `${alt} ; x="; name=file`, body: 'x' }]).body,
  }
  test.each(Object.entries(refused))('%s: it is refused', (_, body) => {
    expect(() => read(body)).toThrow(FormProblem)
  })

  test('a file may be called what it likes', () => {
    const head = 'Content-Disposition: form-data; filename="a\\"; name=alt; .jpg"; name="file"'
    expect(read(formOf([{ head, body: 'x' }]).body).parts).toEqual([
      { name: 'file', isFile: true, body: 'x' },
    ])
  })
})

describe('the boundary of a Content-Type', () => {
  test.each([
    ['multipart/form-data; boundary=abc', 'abc'],
    ['Multipart/Form-Data; charset=utf-8; Boundary="a b"; x=y', 'a b'],
    ['multipart/form-data', undefined],
    ['multipart/form-data; boundary=', undefined],
    ['multipart/mixed; boundary=abc', undefined],
    [`multipart/form-data; boundary=${'x'.repeat(71)}`, undefined],
    ['multipart/form-data; boundary="a\\b"', undefined],
  ])('%s', (contentType, boundary) => {
    expect(boundaryOf(contentType)).toBe(boundary)
  })
})
