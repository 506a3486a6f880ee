// Lists and moments of the partition's users, for every process. How many follow one is counted anew from the
// marks of those who do.

import { type CollectionKind, collectionKinds } from '../../state/collections.ts'
import { bytesMaxOf, idFrom, idWithin, varintBytesMax } from '../chunk.ts'
import type { Section } from './section.ts'

const privateBit = 1

/**
 * Record: number of the owner, as the difference to the one before; id; kind, by its place among the kinds; bits;
 * title; description; id of the cover, or 0; how many items, and the id of each.
 */
export const collectionsSection: Section = {
  code: 192,

  write({ state, users }, writer) {
    const { collections } = state
    writer.begin(collectionsSection.code)
    let previous = 0
    for (const [number, user] of users.entries()) {
      for (const [kindPlace, kind] of collectionKinds.entries()) {
        const owned = collections.owned(kind)
        for (let place = 0; place < owned.length(user); place++) {
          const collection = collections.find(kind, owned.at(user, place))!
          const { id, title, description, isPrivate, coverId, items } = collection
          const texts = bytesMaxOf(title) + bytesMaxOf(description)
          if (writer.record((6 + items.length) * varintBytesMax + texts)) previous = 0
          writer.integer(number - previous)
          writer.integer(idWithin(id))
          writer.integer(kindPlace)
          writer.integer(isPrivate ? privateBit : 0)
          writer.text(title)
          writer.text(description)
          writer.integer(coverId)
          writer.integer(items.length)
          for (const item of items) writer.integer(item)
          previous = number
        }
      }
    }
  },

  isWanted: ({ isPublic }) => isPublic,

  read({ state, partition, users }, reader) {
    let number = 0
    while (!reader.isAtEnd) {
      number += reader.integer()
      const id = idFrom(reader.integer(), partition)
      const kind = collectionKinds[reader.integer()] as CollectionKind
      const isPrivate = (reader.integer() & privateBit) !== 0
      const [title, description] = [reader.text(), reader.text()]
      const coverId = reader.integer()
      const items = Array.from({ length: reader.integer() }, () => reader.integer())
      const owner = users[number]!
      const card = { title, description, isPrivate, coverId }
      state.collections.create({ id, kind, owner, items, ...card })
    }
  },
}
