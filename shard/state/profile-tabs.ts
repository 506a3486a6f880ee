// Profile tabs: which of an author's tweets are replies, and which show photos or a video. So a tab of
// somebody who has written a hundred thousand tweets and shown three photos is read like any other list.
//
// Public and derived from the tweets themselves: nothing of it stands in a snapshot. 8 bytes for each reply and
// for each tweet with media. Written by `apply` functions, and by what reads snapshots.

import { IdLists } from './memory/id-lists.ts'

/** What the lists want to know of a tweet. */
export type ProfileEntry = {
  readonly id: number
  readonly isReply: boolean
  readonly hasMedia: boolean
}

export class ProfileTabs {
  /** Author to the ids of tweets, without deleted ones. */
  readonly replies = new IdLists()
  readonly media = new IdLists()

  put(author: number, { id, isReply, hasMedia }: ProfileEntry): void {
    if (isReply) this.replies.insert(author, id)
    if (hasMedia) this.media.insert(author, id)
  }

  remove(author: number, id: number): void {
    this.replies.remove(author, id)
    this.media.remove(author, id)
  }
}
