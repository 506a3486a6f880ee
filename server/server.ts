// A whole gateway in one object: the parts, wired. `main.ts` runs one for a process; a test runs as
// many as it likes.
//
//   listener -> gateway (sockets) -> socket-requests -> calls -> shards -> shard-link -> shard
//            -> http    (requests) ------------------->
//   shard -> shard-link -> shards -> socket-requests (answers), deliveries (pushes), sessions (ended)

import type { CloseReason } from '../protocol/errors.ts'
import type { Log } from '../protocol/std/log.ts'
import { StartError } from '../protocol/std/run.ts'
import { AddressCounts } from './address-counts.ts'
import { OwnReport } from './gateway-operators.ts'
import { HttpApi } from './http/http.ts'
import { HttpCallers } from './http/http-callers.ts'
import type { Frame } from './http/http-guard.ts'
import type { ConfirmedOptions } from './identity/confirmed.ts'
import type { ConfirmedEntry } from './identity/identity.ts'
import { Keys } from './identity/keys.ts'
import { shapeOf } from './identity/rate-limit.ts'
import { Sessions } from './identity/sessions.ts'
import { drainAnswersTimeoutMs, sweepPeriodMs } from './limits.ts'
import { PageCache } from './links/page-cache.ts'
import { Shards } from './links/shards.ts'
import type { Listening, TemplatedApp } from './listener.ts'
import { listen, makeApp, proxiedAddressOf, remoteAddressOf } from './listener.ts'
import { Media } from './media/media.ts'
import { GatewayMetrics } from './metrics.ts'
import { openApiDocument } from './openapi.ts'
import { operatorPosts } from './operators.ts'
import { readPageFiles } from './pages/page-files.ts'
import { Pages } from './pages/pages.ts'
import type { GatewaySettings } from './settings.ts'
import { shardAddressesOf } from './settings.ts'
import { closeInBatches, Deliveries } from './sockets/deliveries.ts'
import { Gateway } from './sockets/gateway.ts'
import { SocketRequests } from './sockets/socket-requests.ts'
import { UpgradeCork } from './sockets/upgrade-cork.ts'

export class GatewayServer {
  readonly metrics = new GatewayMetrics()
  readonly shards: Shards
  /** What operators are told of this process. */
  readonly operators: OwnReport
  readonly #settings: GatewaySettings
  readonly #log: Log
  readonly #deliveries: Deliveries
  readonly #sessions: Sessions
  readonly #keys: Keys
  readonly #requests: SocketRequests
  readonly #gateway: Gateway
  readonly #http: HttpApi
  readonly #media: Media
  readonly #app: TemplatedApp
  readonly #upgradeCork = new UpgradeCork()
  readonly #pages: PageCache
  readonly #sweep: NodeJS.Timeout
  #listening: Listening | undefined
  #isDraining = false

  constructor(settings: GatewaySettings, log: Log) {
    this.#settings = settings
    this.#log = log
    const { metrics } = this
    this.#pages = new PageCache(settings.pageCacheBytes)
    this.#deliveries = new Deliveries({
      onPushed: (pushed) => metrics.pushed(pushed, Date.now()),
      log,
    })
    this.operators = new OwnReport({
      ...settings,
      metrics,
      log,
      shards: () => this.shards,
      whyNotReady: () => this.whyNotReady(),
      isDraining: () => this.#isDraining,
    })
    this.shards = this.#makeShards()
    this.#sessions = new Sessions(this.#confirmation('sessionEnded'))
    this.#keys = new Keys(this.#confirmation('keyRevoked'))
    const { shards } = this
    const [sessions, keys] = [this.#sessions, this.#keys]
    const rate = shapeOf(settings.httpRate)
    const frame = frameOf(settings, log)
    const { origins } = frame
    const callers = new HttpCallers({ ...settings, sessions, keys, rate, origins })
    this.#requests = new SocketRequests({
      shards,
      sessions,
      keys,
      callers,
      deliveries: this.#deliveries,
      metrics,
      rate: shapeOf(settings.socketRate),
      signIn: (session, entry) => this.#gateway.signIn(session, entry),
    })
    this.#gateway = new Gateway({
      ...settings,
      ...frame,
      deliveries: this.#deliveries,
      sessions,
      keys,
      callers,
      requests: this.#requests,
      metrics,
      upgradeCork: this.#upgradeCork,
      rate: shapeOf(settings.socketRate),
    })
    const parts = { shards, sessions, callers, metrics, ...frame }
    const openApi = JSON.stringify(openApiDocument())
    this.#http = new HttpApi({ ...parts, openApi, whyNotReady: () => this.whyNotReady() })
    this.#media = new Media(parts, settings)
    this.#app = makeApp()
    this.#gateway.serve(this.#app)
    this.#media.serve(this.#app)
    new Pages({ ...parts, files: readPageFiles() }).serve(this.#app)
    this.#http.serve(this.#app)
    this.#sweep = setInterval(() => this.#sweepAll(), sweepPeriodMs)
  }

  /** Connects to the shards of the settings and listens. Rejects with a StartError. */
  async start(): Promise<{ port: number }> {
    const { host, port, isPortShared, shardAddresses } = this.#settings
    if (shardAddresses.length > 0) this.shards.setAddresses(shardAddressesOf(shardAddresses))
    await this.#upgradeCork.start()
    this.#listening = await listen(this.#app, { host, port, isPortShared })
    if (this.#listening === undefined) {
      this.close()
      throw new StartError(
        `The gateway cannot listen on port ${port} of ${host}: stop what uses it, or choose another with ROOKERY_PORT.`,
      )
    }
    return { port: this.#listening.port }
  }

  /** What operators may send to the admin port. Throws StartError for a token that is too short. */
  operatorPosts(): ReturnType<typeof operatorPosts> {
    const { shards, metrics } = this
    return operatorPosts({ token: this.#settings.operatorToken, shards, metrics })
  }

  /** Why not every request could be served now; undefined where it could. */
  whyNotReady(): string | undefined {
    return this.#isDraining ? 'draining' : this.shards.whyNotReady()
  }

  /** Ends in order: not ready, no new sockets, answers out, sockets closed, links closed. */
  async drain(): Promise<void> {
    this.#isDraining = true
    this.#listening?.close()
    const deadlineMs = performance.now() + drainAnswersTimeoutMs
    await this.#gateway.drain(drainAnswersTimeoutMs)
    const inFlight = (): number => this.#http.inFlight + this.#media.inFlight
    while (inFlight() > 0 && performance.now() < deadlineMs) {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    this.close()
  }

  /** Ends at once: whatever is open is cut off. */
  close(): void {
    clearInterval(this.#sweep)
    this.#media.close()
    this.#listening?.close()
    this.#app.close()
    this.#upgradeCork.close()
    this.shards.close()
    this.operators.close()
  }

  #makeShards(): Shards {
    const { partitions, name, clusterSecret } = this.#settings
    const shards = new Shards({
      pages: this.#pages,
      partitionCount: partitions,
      gatewayName: name,
      secret: clusterSecret,
      log: this.#log,
      operators: this.operators,
      events: {
        onPush: (body) => this.#deliveries.push(body),
        // The answer to a sign-out may stand behind this in the same read: it still goes out.
        onSessionEnded: (tokenHash) => setImmediate(() => this.#ended(tokenHash)),
        onReadEnded: () => this.#requests.flush(),
        onPositionsLost: (link, partitions_) => {
          this.#sessions.doubtAll()
          this.#keys.doubtAll()
          this.#deliveries.positionsLost(link, partitions_)
        },
        onHeldEnded: (outcome) => this.metrics.held[outcome].inc(),
      },
    })
    this.metrics.watchHeld(() => shards.heldCount)
    this.metrics.watchPages(this.#pages)
    return shards
  }

  /** How tokens or keys are asked about, and why the sockets of one that ends are closed. */
  #confirmation(reason: CloseReason): ConfirmedOptions<ConfirmedEntry> {
    return {
      shards: this.shards,
      checkPeriodMs: this.#settings.sessionCheckMs,
      onEnded: (entry) => void closeInBatches([...entry.sockets], reason),
    }
  }

  /** A token or a key is good no more: hashes of the two are never alike. */
  #ended(hash: string): void {
    this.#sessions.ended(hash)
    this.#keys.ended(hash)
  }

  #sweepAll(): void {
    const nowMs = performance.now()
    this.#gateway.sweep(nowMs)
    this.#sessions.sweep(nowMs)
    this.#keys.sweep(nowMs)
    this.#pages.sweep(nowMs)
  }
}

/** What is around all HTTP handlers. */
function frameOf(settings: GatewaySettings, log: Log): Frame {
  return {
    log,
    origins: originsOf(settings),
    addressOf: settings.isBehindProxy ? proxiedAddressOf : remoteAddressOf,
    waiting: new AddressCounts(settings.addressConnectionsMax),
  }
}

/** Pages of these may open sockets and send cookies, besides those of the gateway's own host. */
function originsOf({ origins, publicUrl }: GatewaySettings): ReadonlySet<string> {
  return new Set(publicUrl === '' ? origins : [...origins, publicUrl])
}
