// Every bound of the web client that is not the server's, with its unit and its reason.

/** How long a call waits for its answer, lost and reopened sockets included. */
export const callTimeoutMs = 15_000
/** How long a socket may leave a call without hearing anything before it is taken for dead. */
export const silenceMs = 8_000
/** A quiet socket is asked for a sign of life this often: a dead network tells nobody. */
export const heartbeatMs = 25_000
/** How often one call is sent again where the server advises it. */
export const repeatsMax = 4
/** The pause before a repeat where the server names none. */
export const repeatPauseMs = 400
/** Calls without an answer; one more fails at once. */
export const callsPendingMax = 64
/** The first pause before a lost socket is opened again, and the longest; each is jittered. */
export const reopenMsFirst = 250
export const reopenMsMax = 8_000
/** How long a new socket may take to open. */
export const openTimeoutMs = 10_000
/** How long a live stream that nobody could serve is left before it is asked for again. */
export const listenAgainMs = 5_000
/** How long the line must be gone before the banner says so: a blink is not worth a word. */
export const offlineShownAfterMs = 1_200
/** Tweets and users in memory; those that nobody shows leave first. */
export const tweetsKnownMax = 4_000
export const usersKnownMax = 4_000
/** Entries of a page that is asked for. */
export const pageLimit = 30
/** Tweets that wait behind “new tweets”; with more, the newest page is fetched instead. */
export const waitingMax = 200
/** Lists that are kept for the way back. */
export const feedsKeptMax = 12
/** Messages at the foot of the window at once, and how long one stays. */
export const noticesMax = 3
export const noticeShownMs = 6_000
/** Characters of a link that are shown; the rest is behind its ellipsis. */
export const linkShownMax = 40
/** How wide a window must be for something to stand beside the page; layout.css says the same. */
export const asideFromPx = 1180
/** Trends and suggested people at once, and for how long they are fresh. */
export const trendsShown = 6
export const suggestionsShown = 5
export const discoveriesFreshMs = 120_000
/** How long the typing must pause before people are suggested. */
export const suggestAfterMs = 160
/** How long the browser may look for the place, and how old one may be that it knows. */
export const placeTimeoutMs = 15_000
/** How long the upload of one file may take: 50 MB over a telephone's line. */
export const uploadTimeoutMs = 300_000
/** Promoted tweets that are remembered. */
export const promotionsKnownMax = 500
/** How much of a promoted tweet must be on the screen, and for how long, to be an impression. */
export const impressionShare = 0.5
export const impressionAfterMs = 1_000
