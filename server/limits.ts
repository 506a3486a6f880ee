// Every bound of a gateway, with its unit and its reason. What both sides of a wire have to know is in
// protocol/limits.ts; what an operator may choose is in settings.ts.

import { statusPeriodMs } from '../protocol/limits.ts'

/**
 * A client for which so many bytes wait is behind: a few pages of 100 tweets and a burst of pushes. One that is behind for
 * so long is closed with 4108 and resumes; so is one for which more waits than a slow line could take in that time.
 */
export const socketBehindBytesMin = 1024 * 1024
export const socketBehindMsMax = 5_000
export const socketBufferedBytesMax = 8 * 1024 * 1024
/** Where the native layer would drop a message: above our own limit, so that it never has to. */
export const socketDroppedBytesMin = socketBufferedBytesMax + 256 * 1024
/**
 * Sockets that may be told why they are closed although as much waits for them, and once more of them a second: the
 * native layer keeps it until they have read it, for 16 to 50 s. The others find their sockets gone without a word.
 */
export const lingeringBytesMin = 64 * 1024
export const lingeringSocketsMax = 64
/** What was sent to a socket before its client is pinged, to see whether it reads (unread.ts). */
export const unreadProofBytes = 128 * 1024
/** How long such a ping waits, so that a client who reads much is asked some times a second and not for each frame. */
export const unreadPingDelayMs = 50
/** What a client may be sent behind a ping without answering it, however much the others have not read. */
export const unreadBehindPingMax = 128 * 1024
/** Requests of one socket without an answer; more are answered `rate_limited`. */
export const socketRequestsInFlightMax = 256
/** Frames in a row that cannot be read; then the socket is closed with 4000. */
export const badFramesMax = 10
/** Refusals by the rate limit, in bursts, until a socket that goes on is closed with 4101. */
export const floodBurstsMax = 10
/** The native layer pings shortly before this, and closes a socket from which nothing comes. */
export const socketIdleTimeoutSeconds = 60
/**
 * How long a socket may live; then its client is asked to reconnect. It bounds what a client can hold
 * open by sending a byte now and then. Chance takes up to an eighth off, so that the sockets of a
 * restart do not all come back together.
 */
export const socketLifetimeMs = 4 * 60 * 60 * 1000
export const socketLifetimeJitter = 1 / 8

/** Sockets of one process: a slot number has 20 bits for them and 12 for the generation. */
export const slotsMax = 2 ** 20 - 1
/**
 * Sockets closed in one go, and the pause between: their clients all come back somewhere else. Where
 * there are so many that it would take more than `closeBatchesMax` pauses, the batches are larger.
 */
export const closeBatchCountMin = 500
export const closeBatchPauseMs = 50
export const closeBatchesMax = 50

/** Tokens whose user is remembered. The one that was used least recently makes room. */
export const sessionsCachedMax = 200_000
/** Tokens that are checked again in one sweep, a second apart: a bound on the load on the shards. */
export const sessionChecksPerSweepMax = 2_000
export const sweepPeriodMs = 1_000
/** How often all sockets are looked at for their age. */
export const lifetimeSweepPeriodMs = 60_000

/** Reconnecting to a shard: the pause doubles between these, with jitter. */
export const linkPauseMinMs = 50
export const linkPauseMaxMs = 1_000
/** Bytes that wait for a shard that reads slowly; beyond it requests are `unavailable`. */
export const linkBufferedBytesMax = 32 * 1024 * 1024
/** How often the oldest requests to a shard are looked at for their deadline. */
export const linkSweepPeriodMs = 100
/** A shard from which nothing comes for so long is away: it tells of itself four times as often. */
export const linkSilenceMaxMs = 4 * statusPeriodMs
/** What a client is advised to wait while nobody serves its partition: about half a failover. */
export const retryUnservedMs = 200
/**
 * How long a request may wait in the gateway for somebody to serve its partition. A planned move takes a
 * few milliseconds and is not noticed; most of those who meet a failover are through as well. Nobody is
 * left without a word for a whole second.
 */
export const heldMsMax = 900
/** For so long after its start a gateway may not have heard of everybody yet, and lets requests wait. */
export const youngMs = 3_000
/** Requests that wait so in this process; more are `unavailable` at once. */
export const heldRequestsMax = 8_192
/** How often requests that wait so are looked at. */
export const heldSweepPeriodMs = 10
/** The pause before a shard is asked again that says it serves a partition, and did not do so. */
export const notServedPauseMs = 50
/** How often one request may be sent in all: from shard to shard, it follows a partition only so far. */
export const requestSendsMax = 5

/** HTTP requests without an answer in this process; more are `unavailable`. */
export const httpRequestsInFlightMax = 16_384
/** How long a body of at most 16 KB may take. */
export const httpBodyTimeoutMs = 10_000
/**
 * What a client that is behind has to take of a body in each window, 1 KB a second: the slowest lines take several times
 * that. What the kernel has taken for it before does not count. Its own kernel takes in lumps, of up to 400 KB
 * for one that was fast before: a window is long enough for one of them.
 */
export const sendWindowMs = 300_000
export const sendBytesPerWindowMin = 300 * 1024
/** How often a client that is behind is offered more: well within the 8 s after which the native layer may end it. */
export const sendOfferMs = 3_000
/** Users and addresses whose rate is counted; the oldest one makes room. */
export const rateBucketsMax = 65_536

/** How long a drain waits for the answers of requests that were accepted. */
export const drainAnswersTimeoutMs = 4_000

/** Keys of applications that are remembered. The one that was used least recently makes room. */
export const keysCachedMax = 10_000
/** Requests of one application that wait for a grant; more are `unavailable`. */
export const quotaWaitingMax = 4_096
/** Sockets that use one key on this gateway; one more is refused with `rate_limited`. */
export const keyConnectionsMax = 10_000

/** How long a shard may take to answer an operator: the console shows each second. */
export const operatorAskMsMax = 900

/** How long a page that nobody reads stays in the page cache: once or twice this. */
export const pageGenerationMs = 300_000
