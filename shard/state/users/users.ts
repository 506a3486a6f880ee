// Users: what every shard process knows of every user of the cluster.
//
// A user is a dense index here (UserIndex). The public card (handle, name, bio, …) is kept encoded,
// ready to be copied into an answer; where it lies and the counts are one record. All of it comes from the logs,
// so a user can be mentioned (somebody follows them) before their card has arrived: `isKnown` tells.
// Written by `apply` functions only.

import type { User } from '../../../protocol/entities.ts'
import { userField } from '../../../protocol/entities.ts'
import type { Field } from '../../../protocol/fields.ts'
import type { UserId } from '../../../protocol/ids.ts'
import { MessagePackWriter, writeValue } from '../../../protocol/message-pack.ts'
import { decodeWith, MessagePackReader } from '../../../protocol/message-pack-reader.ts'
import { filesOfCard } from '../media/card-files.ts'
import { FileUses } from '../media/file-uses.ts'
import { ByteStore } from '../memory/byte-store.ts'
import { fetched } from '../memory/fetching.ts'
import { HandleTable } from '../memory/handle-table.ts'
import { Records } from '../memory/records.ts'
import { Changes } from './changes.ts'
import { UserFlags, userFlag } from './user-flags.ts'
import { UserIndex } from './user-index.ts'

/** The part of a user that changes only when they edit it. */
export type Card = Omit<User, 'counts' | 'viewer'>

/** What somebody has edited: by field. */
export type CardChanges = Omit<Partial<Card>, 'pinnedTweetId'> & { readonly pinnedTweetId?: number }

const cardFields = entryFields(userField.fields)
const scratch = new MessagePackWriter()
/** How the card of a protected account ends, and that of any other: the last entry says it. */
const [protectedEnd, openEnd] = [true, false].map((isProtected) => {
  const entry = cardFields.filter(({ name }) => name === 'protected')
  // A copy: the next card is encoded into the same bytes.
  return Uint8Array.from(encodeEntries(entry, { protected: isProtected }).subarray(1))
}) as [Uint8Array, Uint8Array]

/** Fields that a card need not have. */
const emptied = ['location', 'website', 'avatarUrl', 'headerUrl', 'pinnedTweetId']
/** How the name of the field stands in a card that has it; a bio may hold the same by chance. */
const pinnedKey = Buffer.from('\xadpinnedTweetId', 'latin1')

export class Users {
  readonly index = new UserIndex()
  readonly handles = new HandleTable()
  readonly changes = new Changes()
  readonly flags = new UserFlags((index) => this.changes.note(index))
  /** Called with every card of `setCard`, when the former one is still here. Those of snapshots were there before. */
  onCard: (index: number, card: Card) => void = () => undefined
  readonly #records = new Records(4)
  readonly tweets = this.#records.field(0)
  readonly followers = this.#records.field(1)
  readonly following = this.#records.field(2)
  readonly counts = this.#records.range(0, 3)
  readonly #cards = new ByteStore()
  /** Reference into #cards; 0 where no card has arrived. */
  readonly #cardReferences = this.#records.field(3)
  readonly #files: Pick<FileUses, 'add'>

  /** @param files where the files are counted that cards show */
  constructor(files: Pick<FileUses, 'add'> = new FileUses()) {
    this.#files = files
  }

  /** One past the highest dense index. */
  get indexEnd(): number {
    return this.index.indexEnd
  }

  /** The blocks in which dense indexes are given out. */
  get blocks(): Pick<UserIndex, 'blockUsers' | 'blockCount' | 'lowestOf' | 'highestOf'> {
    return this.index
  }

  /** The dense index of a user, or -1 for one whose card has not arrived, or whose account was deleted. */
  find(id: number): number {
    const index = this.index.find(id)
    return index >= 0 && this.isKnown(index) ? index : -1
  }

  /** The dense index of a user in whatever state; -1 if unheard of. */
  indexOf(id: number): number {
    return this.index.find(id)
  }

  /** The dense index of a handle's user, or -1. */
  findHandle(handle: string): number {
    const index = this.handles.find(handle.toLowerCase())
    return index >= 0 && this.isKnown(index) ? index : -1
  }

  /** Whether a handle is, or was, somebody's. */
  isTaken(handle: string): boolean {
    return this.handles.find(handle.toLowerCase()) >= 0
  }

  /** Whether a user can be shown: their card has arrived, and they have not left. */
  isKnown(index: number): boolean {
    return this.hasCard(index) && !this.isGone(index)
  }

  /** Whether the account was deleted. */
  isGone(index: number): boolean {
    return (this.flags.get(index) & userFlag.isGone) !== 0
  }

  /** Whether a card is here: of one who has left, it holds the handle alone. */
  hasCard(index: number): boolean {
    return this.#cardReferences.get(index) !== 0
  }

  idOf(index: number): UserId {
    return this.index.idOf(index) as UserId
  }

  setCard(card: Card): void {
    const index = this.index.intern(card.id)
    const previous = this.#cardReferences.get(index)
    if (previous === 0) this.handles.set(index, card.handle)
    this.onCard(index, card)
    if (previous !== 0) {
      this.#countFiles(this.#cards.view(previous), -1)
      this.#cards.free(previous)
    }
    const encoded = encodeEntries(cardFields, card)
    this.#countFiles(encoded, 1)
    this.#cardReferences.set(index, this.#cards.put(encoded))
    this.changes.note(index)
    this.#flagProtected(index, card.protected)
  }

  /**
   * Changes what the user has edited; an empty text, or 0 for a tweet, takes the field away. A state on the side, which loads no
   * cards of other partitions, has none to change.
   */
  editCard(index: number, changes: CardChanges): void {
    if (!this.isKnown(index)) return
    const card: Record<string, unknown> = { ...this.cardOf(index), ...changes }
    for (const name of emptied) if (card[name] === '' || card[name] === 0) delete card[name]
    this.setCard(card as Card)
  }

  /** The card of a known user, decoded: for what is rarely asked. */
  cardOf(index: number): Card {
    const encoded = this.card(index)
    const entries = cardFields.map(({ name }) => [name, entryOf(encoded, userField.fields, name)])
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Card
  }

  #countFiles(card: Uint8Array, difference: number): void {
    const fieldOf = (name: string) => entryOf(card, userField.fields, name)
    for (const id of filesOfCard(card, fieldOf)) this.#files.add(id, difference)
  }

  /** The tweet that a user has pinned to their profile; 0 where there is none, or the card is not here. */
  pinnedOf(index: number): number {
    if (!this.hasCard(index)) return 0
    const card = this.card(index)
    if (Buffer.prototype.indexOf.call(card, pinnedKey) < 0) return 0
    return (entryOf(card, userField.fields, 'pinnedTweetId') as number | undefined) ?? 0
  }

  #flagProtected(index: number, isProtected: boolean): void {
    if (isProtected) this.flags.raise(index, userFlag.isProtected)
    else this.flags.lower(index, userFlag.isProtected)
  }

  /** Takes a card as `card` gives it, in another process: for snapshots. A known user keeps theirs. */
  restoreCard(index: number, encoded: Uint8Array, range: { from: number; to: number }): void {
    if (this.hasCard(index)) return
    const card = encoded.subarray(range.from, range.to)
    this.#countFiles(card, 1)
    const handle = entryOf(card, userField.fields, 'handle')
    this.handles.set(index, handle as string)
    this.#flagProtected(index, isProtectedCard(card))
    this.#cardReferences.set(index, this.#cards.put(encoded, range))
    this.changes.note(index)
  }

  /** Fetches what `writeCard` will read ahead. */
  warm(indexes: readonly number[]): void {
    let sum = 0
    for (const index of indexes) {
      const reference = this.#cardReferences.get(index)
      if (reference !== 0) sum += this.#cards.touch(reference)
    }
    fetched.sum = sum
  }

  /** Writes the card as a map that `more` entries will follow in. */
  writeCard(writer: MessagePackWriter, index: number, more: number): void {
    writeEntries(writer, this.#cards, { reference: this.#cardReferences.get(index), more })
  }

  /** The encoded entries of the card behind one byte that counts them. */
  card(index: number): Uint8Array {
    return this.#cards.view(this.#cardReferences.get(index))
  }

  get bytes(): number {
    return this.index.bytes + this.handles.bytes + this.#cards.bytes + this.#records.bytes
  }
}

/** Looks at the end, where nearly every card says it; only then at all of it. */
function isProtectedCard(card: Uint8Array): boolean {
  if (endsWith(card, openEnd)) return false
  return endsWith(card, protectedEnd) || entryOf(card, userField.fields, 'protected') === true
}

function endsWith(bytes: Uint8Array, end: Uint8Array): boolean {
  const start = bytes.length - end.length
  for (let at = 0; at < end.length; at++) if (bytes[start + at] !== end[at]) return false
  return true
}

/** A field that is kept encoded, and its name as the bytes that stand before its value. */
export type EntryField = {
  readonly name: string
  readonly encodedName: Uint8Array
  readonly field: Field
}

/** The fields of a record that never change: counts and the viewer's flags are added to each answer. */
export function entryFields(fields: Readonly<Record<string, Field>>): readonly EntryField[] {
  return Object.entries(fields)
    .filter(([name]) => name !== 'counts' && name !== 'viewer')
    .map(([name, field]) => {
      const writer = new MessagePackWriter(32)
      writer.text(name)
      return { name, encodedName: writer.copy(), field }
    })
}

/**
 * Encodes fields as the entries of a MessagePack map without its header, behind one byte that
 * counts them: so that more entries (counts, viewer) can follow in the same map.
 */
export function encodeEntries(fields: readonly EntryField[], values: object): Uint8Array {
  const record = values as Record<string, unknown>
  let count = 0
  scratch.reset()
  scratch.integer(count)
  for (const { name, encodedName, field } of fields) {
    const value = record[name]
    if (value === undefined) continue
    scratch.raw(encodedName)
    writeValue(scratch, field, value)
    count++
  }
  scratch.bytes[0] = count
  return scratch.view()
}

/** One field of such entries, decoded: for what is rarely asked. Undefined where it is not there. */
export function entryOf(
  encoded: Uint8Array,
  fields: Readonly<Record<string, Field>>,
  wanted: string,
): unknown {
  const reader = new MessagePackReader(encoded)
  for (let count = reader.number(); count > 0; count--) {
    const name = reader.text()
    const value = decodeWith(fields[name]!, reader)
    if (name === wanted) return value
  }
  return undefined
}

/** Copies such entries out of a store, and turns the count in front into the header of a map. */
export function writeEntries(
  writer: MessagePackWriter,
  store: Pick<ByteStore, 'length' | 'copyTo'>,
  { reference, more }: { reference: number; more: number },
): void {
  const offset = writer.extend(store.length(reference))
  const { bytes } = writer
  store.copyTo(reference, bytes, offset)
  bytes[offset] = fixedMap | (bytes[offset]! + more)
}

/** The same for entries that are in no store. */
export function writeEntriesOf(writer: MessagePackWriter, encoded: Uint8Array, more: number): void {
  const offset = writer.length
  writer.raw(encoded)
  writer.bytes[offset] = fixedMap | (encoded[0]! + more)
}

/** The header of a map of up to 15 entries, as MessagePack has it. */
const fixedMap = 0x80
