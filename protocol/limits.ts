// Every bound that both sides of a wire have to know, with its unit and its reason.
// What is full answers `too_large`, `rate_limited` or `unavailable`; nothing is dropped in silence.

/** A client's frame. A tweet of 280 emoji with all its fields fits 20 times. */
export const clientFrameBytesMax = 16 * 1024
/** An HTTP request body of the JSON API. */
export const httpBodyBytesMax = 16 * 1024
/** Requests in one client frame: `[[id, operation, params], …]`. */
export const requestsPerFrameMax = 64
/** Nesting of a client's MessagePack or JSON value. The deepest definition needs 5. */
export const clientDepthMax = 16
/**
 * Keys of a client's frame or body. A frame of 64 requests with 7 parameters each fits; every key that was
 * never seen before costs V8 a hidden class, so thousands of them would block the process.
 */
export const clientKeysMax = 512
/** Entries of a page, and how many when the request does not say. */
export const pageLimitMax = 100
export const pageLimitDefault = 20
/** Items that `live.subscribe` sends again; more than this is answered by a fresh page. */
export const resumeItemsMax = 300
/** A frame between a gateway and a shard: a page of 100 tweets is about 60 KB. */
export const clusterFrameBytesMax = 4 * 1024 * 1024
/** The first frame on a cluster link, before the other side has proved that it knows the secret. */
export const clusterHandshakeBytesMax = 256
export const clusterHandshakeTimeoutMs = 3_000
/** How long a gateway waits for a shard's answer. */
export const requestTimeoutMs = 5_000
/** Requests of one gateway to one shard that have no answer yet. */
export const requestsInFlightMax = 65_536
/** A handle's letters, a password's characters, a display name's. */
export const handleLengthMax = 15
export const passwordLengthMin = 8
export const passwordLengthMax = 128
export const nameLengthMax = 50
/** Media of one tweet. */
export const mediaPerTweetMax = 4
/** A key that a client chooses so that a retry takes effect once. */
export const operationIdLengthMax = 64
/** How long a finished operation is remembered for its retries, and how many for each partition. */
export const operationRememberedMs = 60 * 60 * 1000
export const operationsRememberedMax = 65_536
/** Newest tweets that a home timeline holds. */
export const timelineLengthMax = 800
/** Users of one batch of an import: a shard makes them in some milliseconds, in which it does nothing else. */
export const importUsersMax = 512
/** Follows of one batch of an import: likewise. */
export const importFollowsMax = 2_048
/** The bytes of such a batch: each follow takes up to 18, where every follower has one. */
export const importFollowsBytesMax = importFollowsMax * 18
/** What an operator may send at once: the largest batch, with room to spare. */
export const operatorBodyBytesMax = 64 * 1024
