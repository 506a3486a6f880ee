// Whether there is room for one more upload, found out before its body is read: what is refused takes no disk.
//
//   of its user    the shard that knows their uploads of the last day says how many may follow
//   on the disk    beside what is on its way already, a reserve stays free: by default the log lies there, too

import { mkdir, statfs } from 'node:fs/promises'
import { failure, RequestFailure } from '../../protocol/errors.ts'
import { mediaCreate } from '../../protocol/operations/media-create.ts'
import { mediaRoom } from '../../protocol/operations/media-room.ts'
import { pickValue } from '../../protocol/pick.ts'
import type { Log } from '../../protocol/std/log.ts'
import type { Asker } from '../identity/confirmed.ts'
import { askShard } from '../identity/confirmed.ts'
import type { FileLimits } from './incoming-file.ts'
import { diskReserveBytesMax, diskReservePartMax } from './limits.ts'

export type Space = { readonly availableBytes: number; readonly totalBytes: number }

export type UploadRoomOptions = {
  readonly shards: Asker
  /** Where uploads are on their way. */
  readonly directory: string
  readonly limits: FileLimits
  readonly log: Log
  readonly readSpace?: (directory: string) => Promise<Space>
}

export class UploadRoom {
  readonly #options: UploadRoomOptions
  /** The log has been told. */
  #isDiskLow = false

  constructor(options: UploadRoomOptions) {
    this.#options = options
  }

  /**
   * @param under how many uploads are under way already: of the same user, and of all
   * @throws RequestFailure where there is no room for one more, or nobody can say
   */
  async expect(userId: number, under: { readonly own: number; readonly all: number }) {
    await this.#expectDisk(under.all)
    // Those under way will be counted soon.
    if ((await this.#leftOf(userId)) > under.own) return
    const code = 'too_many_media' satisfies keyof typeof mediaCreate.refusals
    const message = mediaCreate.refusals[code].meaning
    throw new RequestFailure({ code, message, retry: 'never' })
  }

  async #expectDisk(underWay: number): Promise<void> {
    const { directory, limits, log, readSpace = spaceOf } = this.#options
    const { availableBytes, totalBytes } = await readSpace(directory)
    // Of each there may be two files for a moment: as it came, and what stays of it.
    const bytesEach = 2 * Math.max(limits.photoBytesMax, limits.videoBytesMax)
    const reserveBytes = Math.min(diskReserveBytesMax, totalBytes * diskReservePartMax)
    // A file system that does not say how large it is has nothing to be compared with.
    const isLow = totalBytes > 0 && availableBytes < reserveBytes + (underWay + 1) * bytesEach
    if (isLow && !this.#isDiskLow) {
      log.warn({ directory, availableBytes }, 'the disk of the media is nearly full: no uploads')
    }
    this.#isDiskLow = isLow
    if (!isLow) return
    const message = 'There is no room for uploads at the moment.'
    throw new RequestFailure(failure('unavailable', { message }))
  }

  #leftOf(userId: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const asked = { operation: mediaRoom, params: { userId } }
      const refused = askShard(this.#options.shards, asked, {
        answered: (result) => resolve(pickValue(mediaRoom.answer, result, ['left']) as number),
        failed: (error) => reject(new RequestFailure(error)),
      })
      if (refused !== undefined) reject(new RequestFailure(refused))
    })
  }
}

async function spaceOf(directory: string): Promise<Space> {
  // Before the first upload it may not be there.
  await mkdir(directory, { recursive: true })
  const { bsize, bavail, blocks } = await statfs(directory)
  return { availableBytes: bavail * bsize, totalBytes: blocks * bsize }
}
