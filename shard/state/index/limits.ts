// The limits of what a shard process derives from public facts: memory and work. What is full lets its
// oldest go; what would take too long answers what it has found, and where to go on.

/**
 * Tweets that can be searched: the newest. About 105 bytes for one of 14 words, 145 where each tenth is a long Japanese
 * one: 0.15 GB (the bench `search`).
 */
export const indexedTweetsMax = 2 ** 20
/** Users that are found by a part of their name: those who came first. All are found by their whole handle. */
export const indexedUsersMax = 2 ** 22
/**
 * Documents that one search looks at: a step is 20 to 45 nanoseconds in a million tweets, so all are 2 to 4.5 ms, for
 * which everybody else waits. Then its page ends, with a cursor to go on.
 */
export const searchStepsMax = 100_000
/** What looking at one tweet counts for, in such steps; and each character and each word of its text, if it is compared. */
export const searchCompareSteps = 100
export const searchCharacterSteps = 1
export const searchWordSteps = 4
/** The newest tweets that `order: top` chooses from. */
export const searchTopCandidatesMax = 256
/** Words, phrases and filters of one query; what has more is refused. */
export const searchClausesMax = 16
/**
 * Steps of one search for users: one for each user that it passes over (40 ns), and so many for each whose card it
 * looks at (4 us). So it looks at 600 cards at most, and all is done in 3 ms, for which everybody else waits.
 */
export const userSearchStepsMax = 30_000
export const userCompareSteps = 50
/** Letters of a name that are looked up; the others are compared. */
export const namePrefixLettersMax = 8
/**
 * Beginnings of former names that a group of users keeps in any case (10 to 50 KB); when more are left behind than are
 * live it is filled anew, by so many users with each change: 0.2 ms.
 */
export const staleBeginningsMin = 4_096
export const usersRefilledPerChange = 16
/** Words of a name by which its user is found. */
export const nameWordsMax = 4
/** Tweets and users that a process puts into its indexes at a time after a start: less than a millisecond. */
export const backfillBatchMax = 32
/** Tags that one socket listens to; one more is refused. */
export const tagsPerSocketMax = 16
/** New tweets over which a tag's stream can be resumed; after more of them it begins anew. */
export const tagResumeArrivalsMax = 65_536
/** A slot of what is counted for trends; an hour of them is "now", and the day before it is what is usual. */
export const trendSlotMs = 15 * 60 * 1000
export const trendSlotsPerHour = 4
export const trendUsualHours = 24
/** Topics of one slot and kind that are candidates; the one with the fewest authors goes. */
export const trendTopicsPerSlotMax = 512
/** Topics of one tweet that count, hashtags first: nobody lifts a hundred at once. */
export const trendTopicsPerTweetMax = 24
/** Pairs of author and topic that are remembered for an hour; when full, no more count until the next. */
export const trendPairsPerHourMax = 2 ** 19
/** Authors without whom nothing is a trend, and tweets of as many that the reader has to be able to see. */
export const trendAuthorsMin = 3
/** Trends whose tweets are looked at for one answer, the pages of tweets of all of them, and the steps for a page. */
export const trendsLookedAtMax = 48
/**
 * How long a ranking of trends stands, and up to how many topics are compared anew each time: that many take half a
 * millisecond, and the 5,000 that there can be take 7, for which everybody else waits.
 */
export const trendRankingMs = 1_000
export const trendsRankedAnewMax = 256
export const trendPagesMax = 48
export const trendStepsMax = 3_000
/** How often its usual authors an hour a trend has now, at least. */
export const trendRiseMin = 1.5
/** Until so many hours are known, phrases are left out: nobody can say what is usual. */
export const trendPhraseHoursMin = 6
/** What a walk for suggestions looks at: followings of the reader, followers of each, followings of each of those. */
export const walkFollowingsMax = 48
export const walkFollowersMax = 12
export const walkFolloweesMax = 48
/** Places where it looks for people when the reader follows nobody. */
export const walkProbesMax = 8_192
