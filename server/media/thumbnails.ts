// Thumbnails: asks a process of its own for them, one after the other.
//
// It is started with the first photo. Whatever goes wrong (it is not installed, it takes too long, the photo ends
// it, too many wait) the answer is that there is no thumbnail: then the original is shown in its place.

import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Log } from '../../protocol/std/log.ts'
import { thumbnailHeapMegabytesMax, thumbnailsWaitingMax, thumbnailTimeoutMs } from './limits.ts'
import type { MakeThumbnail } from './thumbnail-messages.ts'
import { isThumbnailMade } from './thumbnail-messages.ts'

const modulePath = fileURLToPath(new URL('./thumbnail-process.ts', import.meta.url))

type Waiting = {
  readonly settle: (bytes: number | undefined) => void
  readonly timer: NodeJS.Timeout
}

export class Thumbnails {
  readonly #log: Log
  /** At most `thumbnailsWaitingMax`. */
  readonly #waiting = new Map<number, Waiting>()
  #child: ChildProcess | undefined
  #number = 0
  #isReasonTold = false

  constructor(log: Log) {
    this.#log = log
  }

  /**
   * Makes a thumbnail of the photo in a file.
   * @returns its bytes; undefined where there is none, and then perhaps something at `to`
   */
  make(from: string, to: string): Promise<number | undefined> {
    if (this.#waiting.size >= thumbnailsWaitingMax) return Promise.resolve(undefined)
    const child = this.#running()
    const number = ++this.#number
    const message: MakeThumbnail = { type: 'make', number, from, to }
    return new Promise((resolve) => {
      const timer = setTimeout(
        () => this.#giveUp(child, 'a thumbnail took too long'),
        thumbnailTimeoutMs,
      )
      this.#waiting.set(number, { settle: resolve, timer })
      child.send(message, (error) => {
        if (error !== null) this.#giveUp(child, 'the thumbnail process could not be told')
      })
    })
  }

  /** Ends the process; nobody gets a thumbnail any more. */
  close(): void {
    if (this.#child !== undefined) this.#giveUp(this.#child, undefined)
  }

  #running(): ChildProcess {
    if (this.#child !== undefined) return this.#child
    const child = fork(modulePath, [], {
      // It needs none of our settings, and is not to have our secrets.
      env: {},
      execArgv: [`--max-old-space-size=${thumbnailHeapMegabytesMax}`],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    child.on('message', (message) => this.#onMessage(message))
    child.once('error', () => this.#giveUp(child, 'the thumbnail process could not be started'))
    child.once('exit', () => this.#giveUp(child, 'the thumbnail process ended'))
    // It is no reason for the gateway to live on.
    child.unref()
    child.channel?.unref()
    this.#child = child
    return child
  }

  #onMessage(message: unknown): void {
    if (!isThumbnailMade(message)) return
    const { number, bytes, reason } = message
    if (reason !== undefined && !this.#isReasonTold) {
      this.#isReasonTold = true
      this.#log.warn({ reason }, 'a photo has no thumbnail: its original is shown instead')
    }
    this.#settle(number, bytes)
  }

  #settle(number: number, bytes: number | undefined): void {
    const waiting = this.#waiting.get(number)
    if (waiting === undefined) return
    clearTimeout(waiting.timer)
    this.#waiting.delete(number)
    waiting.settle(bytes)
  }

  /** Does without this process: the next photo starts another one. */
  #giveUp(child: ChildProcess, reason: string | undefined): void {
    if (this.#child !== child) return
    this.#child = undefined
    child.kill('SIGKILL')
    if (reason !== undefined) this.#log.warn({ reason }, 'photos have no thumbnails for a moment')
    for (const number of [...this.#waiting.keys()]) this.#settle(number, undefined)
  }
}
