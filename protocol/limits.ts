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
/** Tweets in one answer with a page: each may refer to one, and that one to another. */
export const pageTweetsMax = 3 * pageLimitMax
export const pageLimitDefault = 20
/** Items that `live.subscribe` sends again; more than this is answered by a fresh page. */
export const resumeItemsMax = 300
/**
 * Where a page of tweets ends however few they are: all of them together with what they refer to and their authors. A
 * usual tweet is 600 bytes, the longest some 25 KB.
 */
export const pageBytesMax = 1024 * 1024
/** A frame between a gateway and a shard: a page, and whatever else goes with it. */
export const clusterFrameBytesMax = 4 * 1024 * 1024
/** The first frame on a cluster link, before the other side has proved that it knows the secret. */
export const clusterHandshakeBytesMax = 256
export const clusterHandshakeTimeoutMs = 3_000
/** How often a shard tells gateways of itself though nothing has changed: who hears nothing for longer knows that it is away. */
export const statusPeriodMs = 2_000
/** How long a gateway waits for a shard's answer. */
export const requestTimeoutMs = 5_000
/** Requests of one gateway to one shard that have no answer yet. */
export const requestsInFlightMax = 65_536
/** A handle's letters, a password's characters, a display name's. */
export const handleLengthMax = 15
export const passwordLengthMin = 8
export const passwordLengthMax = 128
export const nameLengthMax = 50
/** Media of one tweet: so many photos, or one video. */
export const mediaPerTweetMax = 4
/** The id of a medium: 43 characters of a hash, a dot and an ending. */
export const mediaIdLengthMax = 64
/** The longest side of a photo or video, in pixels: what the largest formats can say at all. */
export const mediaSideMax = 65_535
/** The bytes that a setting may allow a file to have. */
export const mediaBytesMax = 1024 * 1024 * 1024
/** Uploads of one user that no tweet need show yet; one more is refused until the oldest are a day old. */
export const mediaUnattachedMax = 256
/** Files of which one request asks whether tweets show them. */
export const mediaAskedMax = 256
/** A key that a client chooses so that a retry takes effect once. */
export const operationIdLengthMax = 64
/** How long a finished operation is remembered for its retries, and how many for each partition. */
export const operationRememberedMs = 60 * 60 * 1000
export const operationsRememberedMax = 65_536
/** Ancestors in a conversation; of a longer chain the nearest are told, and the first says what it replies to. */
export const ancestorsMax = 100
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
/** A profile's place in characters, and its website's address. */
export const profileLocationLengthMax = 30
export const websiteLengthMax = 100
/** Whom one user blocks, and whom they have muted; one more is answered `too_large`. */
export const usersBlockedMax = 100_000
export const usersMutedMax = 100_000
/** Threads and words that one user has muted, and the characters of a word; likewise. */
export const threadsMutedMax = 10_000
export const wordsMutedMax = 200
export const wordMutedLengthMax = 100
/** Requests to follow that one user has made and nobody has answered; likewise. */
export const followRequestsMax = 1_000
/** The letters of a hashtag: a whole tweet may be one. */
export const tagLengthMax = 280
/** The characters of a query to search with. */
export const queryLengthMax = 256
/** What an application says of itself, in characters. */
export const appNameLengthMax = 50
export const appDescriptionLengthMax = 200
/** Applications of one developer; one more is answered `too_large`. */
export const appsPerUserMax = 20
/** How long a window of a quota is: they begin at whole multiples of it since 1970. */
export const quotaWindowMs = 15 * 60 * 1000
/** Requests of one application in a window, all its users taken together, unless an operator says otherwise. */
export const quotaDefault = 15_000
/** What an operator may allow at most: a million requests a second. */
export const quotaMax = 900_000_000
/** The characters of what somebody says beside the reason of a report. */
export const reportTextLengthMax = 500
/** Reports of one user that are kept; an older one makes room. */
export const reportsPerUserMax = 100
/** The characters of an operator's name, and of why they act. */
export const operatorNameLengthMax = 64
export const actionReasonLengthMax = 500
/** Actions about one user that the audit log keeps; an older one makes room. */
export const actionsPerUserMax = 1_000
/** Sessions of one user; with one more, the one that would end first ends. */
export const sessionsPerUserMax = 100
/** Keys and tokens that a suspension ends at once; more are ended when they are checked next. */
export const endedAtOnceMax = 2_048
/** Lists and moments of one user, and those of others that they follow; one more is answered `too_large`. */
export const collectionsOwnedMax = 1_000
export const collectionsFollowedMax = 1_000
/** Users in a list, whose newest tweets are merged when it is read; tweets in a moment; likewise. */
export const listMembersMax = 5_000
export const momentTweetsMax = 200
/** What one step of the erasure of an account takes: posts, favorites, follows and the like, about a millisecond. */
export const erasedAtOnceMax = 64
/** Marks that mean nothing any more (answers that are settled, lists that are gone): how many of them a new one takes with it. */
export const forgottenAtOnceMax = 16
/** What a page of an export holds: tweets, or ids, or lists and moments with all that is in them. */
export const exportTweetsMax = 100
export const exportIdsMax = 1_000
export const exportCollectionsMax = 10
/** Favorites of one user that are listed: the newest. */
export const favoritesListedMax = 100_000
/** How far around a place tweets can be asked for. */
export const nearRadiusMetersMax = 100_000
/** Entries of notifications that a user has: the newest; and how many of those who did it an entry names. */
export const notificationGroupsMax = 400
export const notificationActorsMax = 8
/** Promotions of one advertiser that are kept: an ended one makes room, else one more is answered `too_large`. */
export const promotionsPerUserMax = 100
/** Hashtags that one promotion is for. */
export const promotionTagsMax = 10
/** Impressions of one promotion that one reader may have in a day. */
export const frequencyCapMax = 100
/** Of so many entries of a page one more may be a promoted one. */
export const promotedEvery = 20
/** The characters that name an impression. */
export const impressionLengthMax = 64
/** Money, in millionths: a billion of the currency, and the sum of two is still exact. */
export const microsMax = 1_000_000_000_000_000
