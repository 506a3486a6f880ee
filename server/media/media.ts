// Media of a gateway in one object: the store of the settings, the routes, the sweep, wired.

import type { Frame } from '../http/http-guard.ts'
import type { TemplatedApp } from '../listener.ts'
import type { MediaApiOptions } from './media-api.ts'
import { MediaApi } from './media-api.ts'
import type { MediaSettings } from './open-store.ts'
import { mediaDirectoryOf, openStore } from './open-store.ts'
import { MediaSweep } from './sweep.ts'
import { Thumbnails } from './thumbnails.ts'

type Parts = Frame & Pick<MediaApiOptions, 'shards' | 'sessions' | 'callers' | 'metrics'>

export class Media {
  readonly #thumbnails: Thumbnails
  readonly #api: MediaApi
  readonly sweep: MediaSweep

  /** @throws StartError where the settings name no whole store */
  constructor(parts: Parts, settings: MediaSettings) {
    const { log, shards } = parts
    const store = openStore(settings)
    const directory = mediaDirectoryOf(settings)
    const unattachedMs = settings.mediaUnattachedSeconds * 1_000
    const thumbnails = new Thumbnails(log)
    this.#thumbnails = thumbnails
    this.#api = new MediaApi({
      ...parts,
      store,
      thumbnails,
      directory,
      limits: settings,
      unattachedMs,
      addressDownloadsMax: settings.addressDownloadsMax,
    })
    this.sweep = new MediaSweep({ store, directory, shards, unattachedMs, log })
  }

  /** Files that are on their way, in or out. */
  get inFlight(): number {
    return this.#api.inFlight
  }

  serve(app: TemplatedApp): void {
    this.#api.serve(app)
    this.sweep.start()
  }

  close(): void {
    this.sweep.close()
    this.#thumbnails.close()
  }
}
