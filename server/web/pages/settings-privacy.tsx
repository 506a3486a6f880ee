// Who sees what the reader writes, and what the reader does not want to see.

import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { User } from '../../../protocol/entities.ts'
import type { TweetId, UserId } from '../../../protocol/ids.ts'
import { pageLimitMax, wordMutedLengthMax } from '../../../protocol/limits.ts'
import { UserFeed } from '../parts/feed-list.tsx'
import { Field } from '../parts/field.tsx'
import { pageOf, readUsers } from '../parts/read.ts'
import { TweetById } from '../parts/tweet.tsx'
import { useClient } from '../parts/use-client.ts'
import { useDeed } from '../parts/use-deed.ts'
import { Feed } from '../store/feed.ts'

export function PrivacySettings({ user }: { readonly user: User }): JSX.Element {
  return (
    <>
      <Protection user={user} />
      <MutedWords />
      <People which="muted" />
      <People which="blocked" />
    </>
  )
}

function Protection({ user }: { readonly user: User }): JSX.Element {
  const client = useClient()
  const { isRunning, run } = useDeed()
  const [isChecked, setChecked] = useState(user.protected)
  const change = async (isProtected: boolean): Promise<void> => {
    setChecked(isProtected)
    const isDone = await run(
      async () => {
        const answer = await client.call('user.update', { protected: isProtected })
        client.entities.learnUser(answer.user)
      },
      isProtected ? 'Your tweets are protected.' : 'Your tweets are for everybody.',
    )
    if (!isDone) setChecked(!isProtected)
  }
  return (
    <section class="settings" aria-labelledby="privacy-protected">
      <h2 id="privacy-protected">Who sees your tweets</h2>
      <label class="check">
        <input
          type="checkbox"
          checked={isChecked}
          disabled={isRunning}
          onChange={({ currentTarget }) => void change(currentTarget.checked)}
        />
        <span>
          Protect my tweets
          <small>Only people whom you approve see what you tweet.</small>
        </span>
      </label>
      <a href="/follow-requests">Follow requests</a>
    </section>
  )
}

type Mutes = { readonly words: readonly string[]; readonly threadIds: readonly TweetId[] }

function MutedWords(): JSX.Element {
  const client = useClient()
  const { mutes, isRunning, change } = useMutes()
  const add = async (form: HTMLFormElement): Promise<void> => {
    const word = String(new FormData(form).get('word') ?? '').trim()
    if (word === '') return
    if (await change(() => client.call('mutes.addWord', { word }))) form.reset()
  }
  return (
    <section class="settings" aria-labelledby="privacy-words">
      <h2 id="privacy-words">Muted words and threads</h2>
      <p class="hint">
        Tweets with these words come to you no more, in no timeline and as no call.
      </p>
      <form
        class="form form-line"
        onSubmit={(event) => {
          event.preventDefault()
          void add(event.currentTarget)
        }}
      >
        <Field name="word" label="Word, #tag or phrase" lengthMax={wordMutedLengthMax} />
        <button type="submit" class="button" disabled={isRunning}>
          Mute
        </button>
      </form>
      {mutes.words.length === 0 ? null : (
        <ul class="chips" aria-label="Muted words">
          {mutes.words.map((word) => (
            <li key={word}>
              <bdi>{word}</bdi>
              <button
                type="button"
                class="chip-end"
                aria-label={`Unmute ${word}`}
                onClick={() => void change(() => client.call('mutes.removeWord', { word }))}
              >
                ×
              </button>
            </li>
          ))}
        </ul>
      )}
      {mutes.threadIds.map((tweetId) => (
        <MutedThread
          key={tweetId}
          tweetId={tweetId}
          onUnmute={() => void change(() => client.call('mutes.removeThread', { tweetId }))}
        />
      ))}
    </section>
  )
}

function MutedThread(props: {
  readonly tweetId: TweetId
  readonly onUnmute: () => void
}): JSX.Element {
  return (
    <div class="muted-thread">
      <TweetById id={props.tweetId} />
      <button type="button" class="button" onClick={props.onUnmute}>
        Unmute this thread
      </button>
    </div>
  )
}

function useMutes() {
  const client = useClient()
  const { isRunning, run } = useDeed()
  const [mutes, setMutes] = useState<Mutes>({ words: [], threadIds: [] })
  const read = async (): Promise<void> => {
    const { words, threadIds } = await client.call('mutes.list', { limit: pageLimitMax })
    const unknown = threadIds.filter((id) => client.entities.tweet(id) === undefined)
    setMutes({ words, threadIds })
    for (const tweetId of unknown) client.entities.learn(await readTweet(client, tweetId))
  }
  useEffect(() => {
    void run(read)
  }, [])
  const change = (work: () => Promise<unknown>): Promise<boolean> =>
    run(async () => {
      await work()
      await read()
    })
  return { mutes, isRunning, change }
}

/** One that is gone shows nothing: the button under it still takes the mute back. */
async function readTweet(client: ReturnType<typeof useClient>, tweetId: TweetId) {
  try {
    const { tweet, ...more } = await client.call('tweet.get', { tweetId })
    return { ...more, tweets: [tweet] }
  } catch {
    // It was deleted, or is hidden by now.
    return {}
  }
}

const peopleOf = {
  muted: { read: 'user.muted', undo: 'user.unmute', title: 'Muted people', word: 'Unmute' },
  blocked: { read: 'user.blocked', undo: 'user.unblock', title: 'Blocked people', word: 'Unblock' },
} as const

function People({ which }: { readonly which: 'muted' | 'blocked' }): JSX.Element {
  const client = useClient()
  const { run } = useDeed()
  const { read, undo, title, word } = peopleOf[which]
  const [feed] = useState(
    () => new Feed<UserId>((before) => readUsers(client, client.call(read, pageOf(before)))),
  )
  const takeBack = async (userId: UserId): Promise<void> => {
    const isDone = await run(async () => {
      client.entities.learnUser((await client.call(undo, { userId })).user)
    })
    if (isDone) feed.remove(userId)
  }
  return (
    <section class="settings settings-list" aria-labelledby={`privacy-${which}`}>
      <h2 id={`privacy-${which}`}>{title}</h2>
      <UserFeed
        feed={feed}
        label={title}
        empty="Nobody."
        action={(userId) => (
          <button type="button" class="button" onClick={() => void takeBack(userId)}>
            {word}
          </button>
        )}
      />
    </section>
  )
}
