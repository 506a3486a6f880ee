// Promotions: which tweets are shown for money, to whom, and how often each reader has seen one.
//
//   advertiser   funded 5,000,000     settled 1,200,000     (what its ended promotions have cost)
//   promotion 81  of tweet 70   active   budget 900,000   price 1,500   cap 2   impressions 311
//     day 20,078      reader 12: 2    reader 31: 1          how many each has had today,
//     the day before  reader 31: 2                          and yesterday, for what is told late
//
// Like a stamp card that each reader has at the advertiser's counter: the next stamp goes on only if it is the next
// one, so whoever says twice that they saw something gets one stamp. Money is never kept beside the stamps: spent is
// impressions times price, and the promotion ends with the impression after which there is not enough for another.
//
// All of it is told by the log of the advertiser's partition, whoever the reader is, in its order; so all processes
// have the same at each entry. Every process keeps all of it, because it shows promotions to the readers it hosts.
// About 30 bytes for a reader and promotion, for two days at most, and none for one that has ended.
//
// Owned by `ShardState`; a single thread. Written by `apply` functions only.

import { f } from '../../protocol/fields.ts'
import type { UserId } from '../../protocol/ids.ts'
import { promotionsPerUserMax } from '../../protocol/limits.ts'
import { encodeFields } from '../../protocol/message-pack.ts'
import { decodeValue } from '../../protocol/message-pack-reader.ts'
import type { PromotionEnd, PromotionRecord } from '../../protocol/promotions.ts'
import { promotionRecord } from '../../protocol/promotions.ts'
import { ImpressionDays } from './impression-days.ts'

type Kept = {
  readonly userId: UserId
  record: PromotionRecord
  readonly days: ImpressionDays
}

type Advertiser = {
  fundedMicros: number
  /** What the ended promotions have cost, also those that are not kept any more. */
  settledMicros: number
  /** Ascending by id. */
  promotions: readonly Kept[]
}

export type Funds = Readonly<Pick<Advertiser, 'fundedMicros' | 'settledMicros'>>

/** One impression of one reader. */
export type SeenImpression = {
  readonly promotionId: number
  readonly readerId: UserId
  readonly day: number
  readonly ordinal: number
}

const unfunded: Funds = { fundedMicros: 0, settledMicros: 0 }

export class Promotions {
  readonly #kept = new Map<number, Kept>()
  readonly #advertisers = new Map<UserId, Advertiser>()
  /** Those that are shown, ascending by id. */
  readonly #active: Kept[] = []

  /** How many are shown: where it is 0, nobody has to look any further. */
  get activeCount(): number {
    return this.#active.length
  }

  /** One of those that are shown, by a place below `activeCount`. */
  activeAt(place: number): PromotionRecord {
    return this.#active[place]!.record
  }

  find(promotionId: number): PromotionRecord | undefined {
    return this.#kept.get(promotionId)?.record
  }

  advertiserOf(promotionId: number): UserId | undefined {
    return this.#kept.get(promotionId)?.userId
  }

  /** The promotions of a user, the oldest first. */
  listOf(userId: UserId): readonly PromotionRecord[] {
    return this.#advertisers.get(userId)?.promotions.map(({ record }) => record) ?? []
  }

  fundsOf(userId: UserId): Funds {
    const { fundedMicros, settledMicros } = this.#advertisers.get(userId) ?? unfunded
    return { fundedMicros, settledMicros }
  }

  /** What an advertiser can still set aside; never below 0. */
  availableOf(userId: UserId): number {
    const { fundedMicros, settledMicros } = this.fundsOf(userId)
    const setAside = this.listOf(userId)
      .filter(({ status }) => status !== 'ended')
      .reduce((sum, { budgetMicros }) => sum + budgetMicros, 0)
    return Math.max(0, fundedMicros - settledMicros - setAside)
  }

  /** Impressions of a reader on a day, counted from 1970; -1 for a day that is too long ago to know. */
  seenOn(promotionId: number, { readerId, day }: { readerId: UserId; day: number }): number {
    return this.#kept.get(promotionId)?.days.seen(readerId, day) ?? 0
  }

  /** Sets what was credited to a user in all. */
  fund(userId: UserId, fundedMicros: number): void {
    this.#advertiser(userId).fundedMicros = fundedMicros
  }

  /** Begins a promotion. Where the advertiser has too many, the oldest that has ended makes room. */
  create(userId: UserId, record: PromotionRecord): void {
    const advertiser = this.#advertiser(userId)
    if (advertiser.promotions.length >= promotionsPerUserMax) {
      const oldest = advertiser.promotions.find((kept) => kept.record.status === 'ended')
      if (oldest !== undefined) this.#drop(advertiser, oldest)
    }
    this.#keep(userId, record)
  }

  /** Pauses or resumes; what has ended stays so. */
  setStatus(promotionId: number, status: 'active' | 'paused'): void {
    const kept = this.#kept.get(promotionId)
    if (kept === undefined || kept.record.status === 'ended') return
    kept.record = { ...kept.record, status }
    this.#showOrHide(kept)
  }

  /** Ends a promotion, unless it has ended: its cost is settled, and who saw it is forgotten. */
  end(promotionId: number, endedBy: PromotionEnd): void {
    const kept = this.#kept.get(promotionId)
    if (kept === undefined || kept.record.status === 'ended') return
    const { record } = kept
    kept.record = { ...record, status: 'ended', endedBy }
    kept.days.clear()
    const cost = record.impressions * record.pricePerImpressionMicros
    this.#advertiser(kept.userId).settledMicros += cost
    this.#showOrHide(kept)
  }

  /** Ends all promotions of a user. */
  endAll(userId: UserId, endedBy: PromotionEnd): void {
    for (const { id } of this.listOf(userId)) this.end(id, endedBy)
  }

  /** Ends the promotions of a tweet that is gone. */
  tweetLeft(userId: UserId, tweetId: number): void {
    if (!this.#advertisers.has(userId)) return
    for (const record of this.listOf(userId)) {
      if (record.tweetId === tweetId) this.end(record.id, 'tweet')
    }
  }

  /**
   * Counts an impression, if it is the next one of its reader and day and the promotion has not ended.
   * @returns whether it counts
   */
  count({ promotionId, readerId, day, ordinal }: SeenImpression): boolean {
    const kept = this.#kept.get(promotionId)
    if (kept === undefined || kept.record.status === 'ended') return false
    if (!kept.days.see(readerId, { day, ordinal })) return false
    const { budgetMicros, pricePerImpressionMicros } = kept.record
    const impressions = kept.record.impressions + 1
    kept.record = { ...kept.record, impressions }
    if ((impressions + 1) * pricePerImpressionMicros > budgetMicros) this.end(promotionId, 'budget')
    return true
  }

  /** Forgets an advertiser who has left. */
  forget(userId: UserId): void {
    this.endAll(userId, 'account')
    for (const { id } of this.listOf(userId)) this.#kept.delete(id)
    this.#advertisers.delete(userId)
  }

  // ---------------------------------------------------------------- for snapshots and digests

  /** The promotions of a user as bytes, the oldest first. */
  encodedOf(userId: UserId): readonly Uint8Array[] {
    return this.listOf(userId).map((record) => encodeFields(promotionRecord, record))
  }

  /** Who has seen a promotion when. */
  daysOf(promotionId: number): ImpressionDays | undefined {
    return this.#kept.get(promotionId)?.days
  }

  restoreFunds(userId: UserId, funds: Funds): void {
    Object.assign(this.#advertiser(userId), funds)
  }

  /** Puts one of `encodedOf` in, of this process or of another one. */
  restore(userId: UserId, encoded: Uint8Array): void {
    this.#keep(userId, decodeValue(f.record(promotionRecord), encoded) as PromotionRecord)
  }

  #advertiser(userId: UserId): Advertiser {
    let advertiser = this.#advertisers.get(userId)
    if (advertiser === undefined) {
      advertiser = { ...unfunded, promotions: [] }
      this.#advertisers.set(userId, advertiser)
    }
    return advertiser
  }

  #keep(userId: UserId, record: PromotionRecord): void {
    const kept = { userId, record, days: new ImpressionDays() }
    const advertiser = this.#advertiser(userId)
    advertiser.promotions = [...advertiser.promotions, kept].sort(
      (left, right) => left.record.id - right.record.id,
    )
    this.#kept.set(record.id, kept)
    this.#showOrHide(kept)
  }

  #drop(advertiser: Advertiser, dropped: Kept): void {
    advertiser.promotions = advertiser.promotions.filter((kept) => kept !== dropped)
    this.#kept.delete(dropped.record.id)
  }

  /** Keeps `#active` as it should be for one promotion; its order is that of ids, whatever came first. */
  #showOrHide(kept: Kept): void {
    const { id, status } = kept.record
    const later = this.#active.findIndex(({ record }) => record.id >= id)
    const place = later < 0 ? this.#active.length : later
    const isShown = this.#active[place] === kept
    if (status === 'active' && !isShown) this.#active.splice(place, 0, kept)
    else if (status !== 'active' && isShown) this.#active.splice(place, 1)
  }
}
