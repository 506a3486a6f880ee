// Tells that some process may have committed to the embedded log.
//
// The database file is the bell: every commit ends with a write to it, and the kernel tells all
// who watch the file (inotify on Linux, kqueue on macOS). So nobody has to ring, there is no port
// and no socket, and the news comes before the commit's flush to the disk is over. A slow poll
// catches what the kernel drops, and where no watch can be had the poll becomes faster.

import { type FSWatcher, watch } from 'node:fs'

const pollMs = 50
const pollWithoutWatchMs = 5

export class Doorbell {
  readonly #onRing: () => void
  readonly #watcher: FSWatcher | undefined
  readonly #poll: NodeJS.Timeout
  #ringing: NodeJS.Immediate | undefined
  #isClosed = false

  /** @param onRing called once for any number of rings within a turn of the event loop. */
  constructor({ path, onRing }: { path: string; onRing: () => void }) {
    this.#onRing = onRing
    this.#watcher = watchFile(path, () => this.ring())
    const intervalMs = this.#watcher === undefined ? pollWithoutWatchMs : pollMs
    this.#poll = setInterval(() => this.ring(), intervalMs)
  }

  ring(): void {
    if (this.#isClosed) return
    this.#ringing ??= setImmediate(() => {
      this.#ringing = undefined
      this.#onRing()
    })
  }

  close(): void {
    this.#isClosed = true
    this.#watcher?.close()
    clearInterval(this.#poll)
    clearImmediate(this.#ringing)
  }
}

/** @returns undefined where the system has no watch left to give: the poll does it then. */
function watchFile(path: string, onChange: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(path, onChange)
    // A watch that breaks later leaves the slow poll, which misses nothing either.
    watcher.on('error', () => watcher.close())
    return watcher
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOSPC' || code === 'EMFILE' || code === 'ENFILE') return undefined
    throw error
  }
}
