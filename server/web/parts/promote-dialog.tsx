// The dialog in which an advertiser has one of their tweets shown to others, for money that operators credited.

import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Tweet } from '../../../protocol/entities.ts'
import type { CallAnswer } from '../wire/call.ts'
import { Dialog } from './dialog.tsx'
import { Field } from './field.tsx'
import { askPlace } from './place.ts'
import { useClient } from './use-client.ts'
import { useDeed } from './use-deed.ts'

const microsPerUnit = 1_000_000
const impressionsPerPrice = 1_000
const radiusesMeters = [5_000, 20_000, 100_000] as const

export function PromoteDialog(props: {
  readonly tweet: Tweet
  readonly onClose: () => void
}): JSX.Element {
  const { tweet, onClose } = props
  const client = useClient()
  const { isRunning, run } = useDeed()
  const [credit, setCredit] = useState<CallAnswer<'promotion.list'> | undefined>(undefined)
  useEffect(() => {
    void run(async () => setCredit(await client.call('promotion.list', {})))
  }, [])
  const send = async (data: FormData): Promise<void> => {
    const near = await nearOf(data)
    if (near !== undefined && 'problem' in near) return client.notices.say(near.problem)
    const terms = { ...termsOf(data), ...(near === undefined ? {} : { near }) }
    const params = { tweetId: tweet.id, ...terms, operationId: client.makeId() }
    const work = () => client.call('promotion.create', params)
    if (await run(work, 'Your tweet is promoted from now on.')) onClose()
  }
  const available = (credit?.availableMicros ?? 0) / microsPerUnit
  return (
    <Dialog title="Promote this tweet" onClose={onClose}>
      <p class="hint">
        {credit === undefined ? 'Looking up your credit…' : `Your credit: ${available}`}
      </p>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          void send(new FormData(event.currentTarget))
        }}
      >
        <Field name="budget" label="Budget in all" type="number" value="10" isRequired />
        <Field
          name="price"
          label="Price for 1,000 times on a screen"
          type="number"
          value="2"
          isRequired
        />
        <Field name="cap" label="Times a day for one reader" type="number" value="3" isRequired />
        <Field
          name="hashtags"
          label="Only for those who use these tags"
          hint="Separated by spaces; empty for everybody."
        />
        <AroundHere />
        <div class="dialog-foot">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button button-main" disabled={isRunning}>
            Promote
          </button>
        </div>
      </form>
    </Dialog>
  )
}

function AroundHere(): JSX.Element {
  return (
    <div class="field">
      <label for="promote-radius">Only for those who wrote from around here</label>
      <div class="field-box">
        <select id="promote-radius" name="radius">
          <option value="">No, from anywhere</option>
          {radiusesMeters.map((meters) => (
            <option key={meters} value={meters}>
              Within {meters / 1_000} km of where I am
            </option>
          ))}
        </select>
      </div>
    </div>
  )
}

/** What the form says, in the units of the server. */
function termsOf(data: FormData) {
  const number = (name: string): number => Number(data.get(name))
  const hashtags = String(data.get('hashtags') ?? '')
    .split(/[\s,]+/)
    .filter((tag) => tag !== '')
  return {
    budgetMicros: Math.round(number('budget') * microsPerUnit),
    pricePerImpressionMicros: Math.round((number('price') * microsPerUnit) / impressionsPerPrice),
    frequencyCap: number('cap'),
    ...(hashtags.length === 0 ? {} : { hashtags }),
  }
}

/** Around where the advertiser is, which their browser asks them; undefined where it does not matter. */
async function nearOf(data: FormData) {
  const radiusMeters = Number(data.get('radius'))
  if (radiusMeters === 0) return undefined
  const place = await askPlace()
  return 'point' in place ? { ...place.point, radiusMeters } : place
}
