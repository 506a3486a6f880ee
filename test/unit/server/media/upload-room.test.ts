import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ErrorBody } from '../../../../protocol/errors.ts'
import { failure, RequestFailure } from '../../../../protocol/errors.ts'
import { unpack } from '../../../../protocol/frame.ts'
import { firstIdAt } from '../../../../protocol/ids.ts'
import { encodeFields } from '../../../../protocol/message-pack.ts'
import { mediaRoom } from '../../../../protocol/operations/media-room.ts'
import { silentLog } from '../../../../protocol/std/log.ts'
import { diskReserveBytesMax } from '../../../../server/media/limits.ts'
import type { Space } from '../../../../server/media/upload-room.ts'
import { UploadRoom } from '../../../../server/media/upload-room.ts'
import { temporaryDirectory } from '../../../helpers/temporary-directory.ts'

const userId = firstIdAt(Date.UTC(2026, 3, 1)) + 5 * 16
const limits = { photoBytesMax: 5_000, videoBytesMax: 50_000 }
const ample = { availableBytes: 2 ** 40, totalBytes: 2 ** 41 }
const none = { own: 0, all: 0 }

function roomWith(
  told: { left?: number; error?: ErrorBody; space?: () => Space },
  directory = temporaryDirectory(),
) {
  const { left = 9, error, space } = told
  const warnings: unknown[] = []
  const asked: unknown[] = []
  const room = new UploadRoom({
    directory,
    limits,
    log: { ...silentLog(), warn: (what: unknown) => warnings.push(what) } as never,
    shards: {
      partitionCount: 64,
      request(request) {
        asked.push([request.operation.name, request.call.partition, unpack(request.call.params)])
        if (error === undefined) request.answered(encodeFields(mediaRoom.answer, { left }))
        else request.failed(error)
      },
    },
    ...(space === undefined ? {} : { readSpace: () => Promise.resolve(space()) }),
  })
  const expected = (under: { own: number; all: number }) =>
    room.expect(userId, under).then(
      () => 'room',
      (problem: unknown) => {
        if (problem instanceof RequestFailure) return problem.body.code
        throw problem
      },
    )
  return { expected, asked, warnings }
}

describe('room for an upload', () => {
  test('is what the shard of its user says, less those under way', async () => {
    const { expected, asked } = roomWith({ left: 2, space: () => ample })
    expect(await expected(none)).toBe('room')
    expect(asked).toEqual([['media.room', 5, { userId }]])
    expect(await expected({ own: 1, all: 1 })).toBe('room')
    expect(await expected({ own: 2, all: 2 })).toBe('too_many_media')
    expect(await roomWith({ left: 0, space: () => ample }).expected(none)).toBe('too_many_media')
  })

  test('is not there while nobody can say', async () => {
    const away = roomWith({ error: failure('unavailable'), space: () => ample })
    expect(await away.expected(none)).toBe('unavailable')
  })

  test('ends while the disk has the reserve left beside all that is under way, and the log hears of it once', async () => {
    let availableBytes = diskReserveBytesMax + 2 * limits.videoBytesMax
    const { expected, asked, warnings } = roomWith({ space: () => ({ ...ample, availableBytes }) })
    expect(await expected(none)).toBe('room')
    expect(await expected({ own: 0, all: 1 })).toBe('unavailable')
    availableBytes--
    expect(await expected(none)).toBe('unavailable')
    expect(asked).toHaveLength(1)
    expect(warnings).toHaveLength(1)
    availableBytes++
    expect(await expected(none)).toBe('room')
    availableBytes--
    expect(await expected(none)).toBe('unavailable')
    expect(warnings).toHaveLength(2)
  })

  test('takes an eighth of a small disk as the reserve, and none of one that does not say its size', async () => {
    let space = { availableBytes: 1_000_000 + 100_000, totalBytes: 8_000_000 }
    const { expected } = roomWith({ space: () => space })
    expect(await expected(none)).toBe('room')
    space = { ...space, availableBytes: 1_000_000 + 99_999 }
    expect(await expected(none)).toBe('unavailable')
    space = { availableBytes: 0, totalBytes: 0 }
    expect(await expected(none)).toBe('room')
  })

  test('is looked for in a directory that is not there yet', async () => {
    const directory = join(temporaryDirectory(), 'data', 'media')
    expect(await roomWith({}, directory).expected(none)).toBe('room')
    expect(existsSync(directory)).toBe(true)
  })
})
