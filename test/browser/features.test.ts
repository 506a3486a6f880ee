// What else people do: search, call each other, show photos, ask to follow, gather lists and moments.

import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { eventually } from '../helpers/eventually.ts'
import { mediaFile } from '../helpers/media-files.ts'
import type { Person } from '../helpers/people.ts'
import { follow, http, post, signUp } from '../helpers/people.ts'
import { sharedCluster } from '../helpers/running-cluster.ts'
import {
  sharedChromium,
  shownWithinMs,
  tweetWith,
  untilHome,
  untilRead,
  visit,
  write,
} from './visitor.ts'

const chromium = sharedChromium()
const cluster = sharedCluster()

async function openAs(person: Person, path: string, expected?: RegExp): Promise<Page> {
  return await visit(chromium(), cluster(), {
    as: person,
    path,
    ...(expected === undefined ? {} : { expected }),
  })
}

test('a reply is a call: the badge counts it, the list shows it, and being seen it is new no more', async () => {
  const author = await signUp(cluster(), 'shard-0')
  const friend = await signUp(cluster(), 'shard-1')
  const id = await post(cluster(), author, 'who is awake?')
  const [mine, theirs] = await Promise.all([
    openAs(author, '/'),
    openAs(friend, `/@${author.handle}/${id}`),
  ])
  await Promise.all([untilHome(mine), tweetOnItsPage(theirs)])
  await theirs.getByRole('button', { name: 'Favorite', exact: true }).click()
  await theirs.getByRole('button', { name: 'Reply', exact: true }).click()
  await theirs.getByLabel('Text of the tweet').fill('all of us are')
  await theirs.getByRole('button', { name: 'Post', exact: true }).click()
  await tweetWith(theirs, 'all of us are').waitFor()

  await mine.getByRole('link', { name: 'Notifications 2 unread' }).click()
  await mine.getByText('marked your tweet as a favorite').waitFor()
  const called = tweetWith(mine, 'all of us are')
  await called.waitFor()
  await mine.getByRole('link', { name: 'Notifications', exact: true }).waitFor()
  await called.locator('.tweet-time').click()
  await mine.getByRole('heading', { name: 'Replies' }).waitFor()
  await mine.locator('.thread article', { hasText: 'who is awake?' }).waitFor()
})

async function tweetOnItsPage(page: Page): Promise<void> {
  await page.locator('.whole-tweet').waitFor()
}

test('a quote shows what it quotes, a retweet who passed it on', async () => {
  const author = await signUp(cluster(), 'shard-0')
  const friend = await signUp(cluster(), 'shard-1')
  const reader = await signUp(cluster(), 'shard-0')
  await follow(cluster(), reader, friend)
  await post(cluster(), author, 'the weather vane points east')
  const page = await openAs(friend, `/@${author.handle}`)
  const original = tweetWith(page, 'the weather vane points east')
  await original.getByRole('button', { name: 'Retweet' }).click()
  await original.getByRole('button', { name: 'Retweet, 1', pressed: true }).waitFor()
  await original.getByRole('button', { name: 'More' }).click()
  await original.getByRole('button', { name: 'Quote' }).click()
  await page.getByLabel('Text of the tweet').fill('east it is')
  await page.getByRole('button', { name: 'Post', exact: true }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })

  await untilRead(cluster(), reader, 2)
  const home = await openAs(reader, '/')
  await untilHome(home)
  const quote = tweetWith(home, 'east it is')
  await quote.locator('.quoted', { hasText: 'the weather vane points east' }).waitFor()
  await home.getByText(`Name of ${friend.handle} retweeted`).waitFor()
})

test('a search finds tweets and people, and a tag has a page of its own', async () => {
  const author = await signUp(cluster(), 'shard-0', 'finch')
  const reader = await signUp(cluster(), 'shard-1')
  await post(cluster(), author, 'a quillwort beside the tarn #ferns')
  const page = await openAs(reader, '/')
  const box = page.getByRole('combobox', { name: 'Search Rookery' })
  await box.fill(author.handle)
  await page.getByRole('option', { name: author.handle }).waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: `Name of ${author.handle}` }).waitFor()

  await box.fill('quillwort')
  await page.keyboard.press('Enter')
  await tweetWith(page, 'a quillwort beside the tarn').waitFor()
  expect(new URL(page.url()).search).toBe('?q=quillwort')
  await page.getByRole('link', { name: '#ferns' }).click()
  await page.getByRole('heading', { name: '#ferns' }).waitFor()
  await tweetWith(page, 'a quillwort beside the tarn').waitFor()
  await post(cluster(), author, 'and a clubmoss #Ferns')
  await page.getByRole('button', { name: '1 new tweet' }).click()
  await tweetWith(page, 'and a clubmoss').waitFor()
  await page.goBack()
  await tweetWith(page, 'a quillwort beside the tarn').waitFor()
})

test('a photo is uploaded with its words, and everybody sees it', async () => {
  const author = await signUp(cluster(), 'shard-0')
  const page = await openAs(author, '/')
  await untilHome(page)
  await page.getByRole('button', { name: 'Write a tweet' }).click()
  await page.getByLabel('Text of the tweet').fill('from the tower')
  const buffer = mediaFile('png', { width: 64, height: 48 })
  const files = [{ name: 'tower.png', mimeType: 'image/png', buffer }]
  await page.getByLabel('Add photos or a video').setInputFiles(files)
  await page.getByLabel('What is to be seen on photo 1?').fill('Roofs under rain')
  await page.getByRole('button', { name: 'Post', exact: true }).click()
  await tweetWith(page, 'from the tower').getByRole('img', { name: 'Roofs under rain' }).waitFor()

  const stranger = await visit(chromium(), cluster(), { path: `/@${author.handle}` })
  const photo = stranger.getByRole('img', { name: 'Roofs under rain' })
  await photo.waitFor()
  await photo.scrollIntoViewIfNeeded()
  const width = () => photo.evaluate((image) => (image as HTMLImageElement).naturalWidth)
  await eventually(async () => (await width()) === 64, { withinMs: shownWithinMs })
})

test('what is no photo is refused in the dialog, and the text stays', async () => {
  const author = await signUp(cluster(), 'shard-0')
  const page = await openAs(author, '/', /415/)
  await untilHome(page)
  await page.getByRole('button', { name: 'Write a tweet' }).click()
  await page.getByLabel('Text of the tweet').fill('with a false photo')
  const buffer = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')
  const files = [{ name: 'x.png', mimeType: 'image/png', buffer }]
  await page.getByLabel('Add photos or a video').setInputFiles(files)
  await page.getByText('Refused').waitFor()
  expect(await page.getByRole('button', { name: 'Post', exact: true }).isDisabled()).toBe(true)
  await page.getByRole('button', { name: 'Remove photo 1' }).click()
  await page.getByRole('button', { name: 'Post', exact: true }).click()
  await tweetWith(page, 'with a false photo').waitFor()
})

test('a protected account is asked, says yes, and only then shows its tweets', async () => {
  const shy = await signUp(cluster(), 'shard-0')
  const curious = await signUp(cluster(), 'shard-1')
  const [mine, theirs] = await Promise.all([
    openAs(shy, '/settings/privacy'),
    openAs(curious, `/@${shy.handle}`),
  ])
  await mine.getByLabel('Protect my tweets').check()
  await mine.getByText('Your tweets are protected.').waitFor()
  await post(cluster(), shy, 'only for a few')
  await theirs.reload()
  await theirs.getByText('to approved followers only').waitFor()
  await theirs.getByRole('button', { name: `Follow @${shy.handle}` }).click()
  await theirs.getByRole('button', { name: `Requested @${shy.handle}` }).waitFor()

  await mine.getByRole('link', { name: /^Notifications 1 unread/ }).click()
  await mine.getByRole('button', { name: `Approve @${curious.handle}` }).click()
  await mine
    .getByRole('button', { name: `Approve @${curious.handle}` })
    .waitFor({ state: 'detached' })
  const tweets = { path: `/v1/users/${shy.id}/tweets`, token: curious.token }
  await eventually(async () => (await http(cluster(), tweets)).text.includes('only for a few'), {
    withinMs: 5_000,
  })
  await theirs.reload()
  await tweetWith(theirs, 'only for a few').waitFor()
  const stranger = await visit(chromium(), cluster(), { path: `/@${shy.handle}` })
  await stranger.getByText('to approved followers only').waitFor()
})

test('whoever is muted or blocked is gone from home, and can be taken back', async () => {
  const noisy = await signUp(cluster(), 'shard-0')
  const reader = await signUp(cluster(), 'shard-1')
  await follow(cluster(), reader, noisy)
  await post(cluster(), noisy, 'again and again')
  await untilRead(cluster(), reader, 1)
  const page = await openAs(reader, '/')
  await untilHome(page)
  await tweetWith(page, 'again and again').getByRole('button', { name: 'More' }).click()
  await page.getByRole('button', { name: `Mute @${noisy.handle}` }).click()
  await tweetWith(page, 'again and again').waitFor({ state: 'detached' })
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('link', { name: 'Privacy' }).click()
  await page.getByRole('button', { name: 'Unmute' }).click()
  await page.getByRole('button', { name: 'Unmute' }).waitFor({ state: 'detached' })
  await page.reload()
  await page.getByRole('link', { name: 'Home', exact: true }).click()
  await tweetWith(page, 'again and again').waitFor()
})

test('where somebody is, is asked when they press, and shows what is said around them', async () => {
  const author = await signUp(cluster(), 'shard-0')
  const location = { latitude: 52.5163, longitude: 13.3777 }
  const body = { text: 'by the gate', location }
  await http(cluster(), { method: 'POST', path: '/v1/tweets', token: author.token, body })
  const page = await openAs(await signUp(cluster(), 'shard-1'), '/near')
  await page.context().grantPermissions(['geolocation'])
  await page.context().setGeolocation({ latitude: 52.52, longitude: 13.38 })
  await page.getByRole('button', { name: 'Use my location' }).click()
  await tweetWith(page, 'by the gate').waitFor()
  await page.getByRole('radio', { name: '1 km' }).check({ force: true })
  await tweetWith(page, 'by the gate').waitFor()
})

test('home stands in the order that somebody chose, also the next time', async () => {
  const author = await signUp(cluster(), 'shard-0')
  await post(cluster(), author, 'the first of two')
  await post(cluster(), author, 'the second of two')
  const page = await openAs(author, '/')
  await untilHome(page)
  await page.getByRole('radio', { name: 'Best' }).check({ force: true })
  await page.getByRole('feed', { name: 'Home timeline, the best first' }).waitFor()
  await page.reload()
  await page.getByRole('feed', { name: 'Home timeline, the best first' }).waitFor()
  await tweetWith(page, 'the first of two').waitFor()
})

test('people are gathered in a list, tweets in a moment', async () => {
  const author = await signUp(cluster(), 'shard-0')
  const keeper = await signUp(cluster(), 'shard-1')
  await post(cluster(), author, 'a moth at the lamp')
  const page = await openAs(keeper, `/@${author.handle}`)
  await tweetWith(page, 'a moth at the lamp').waitFor()
  await page.getByRole('button', { name: `More about @${author.handle}` }).click()
  await page.getByRole('button', { name: 'Add to a list' }).click()
  await gather(page, { kind: 'New list', field: 'Name', title: 'Night life' })
  await page.getByRole('link', { name: 'View' }).click()
  await tweetWith(page, 'a moth at the lamp').waitFor()
  await tweetWith(page, 'a moth at the lamp').getByRole('button', { name: 'More' }).click()
  await page.getByRole('button', { name: 'Add to a moment' }).click()
  await gather(page, { kind: 'New moment', field: 'Title', title: 'After dark' })
  await page.getByRole('link', { name: 'Moments', exact: true }).click()
  await page.getByRole('link', { name: 'After dark' }).click()
  await tweetWith(page, 'a moth at the lamp').waitFor()
  await page.getByRole('button', { name: 'Publish' }).click()
  await page.getByText('Everybody can see this moment now.').waitFor()
  const stranger = await visit(chromium(), cluster(), { path: new URL(page.url()).pathname })
  await tweetWith(stranger, 'a moth at the lamp').waitFor()
})

async function gather(
  page: Page,
  { kind, field, title }: { readonly kind: string; readonly field: string; readonly title: string },
): Promise<void> {
  await page.getByRole('button', { name: kind }).click()
  await page.getByLabel(field, { exact: true }).fill(title)
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText(`Now in “${title}”.`).waitFor()
}

test('the address that a program is given for its tweet opens it in a browser', async () => {
  const author = await signUp(cluster(), 'shard-0')
  const answer = await http(cluster(), {
    method: 'POST',
    path: '/v1/tweets',
    token: author.token,
    body: { text: 'posted by a program' },
  })
  const location = answer.headers.get('location') ?? ''
  expect(await http(cluster(), { path: location })).toMatchObject({ status: 200 })
  const page = await visit(chromium(), cluster(), { path: location })
  await page.getByText('posted by a program').waitFor()
  await page.waitForURL(`**/@${author.handle}/*`)
})

test('a tweet is written for followers alone, and the account ends with all that it said', async () => {
  const author = await signUp(cluster(), 'shard-0')
  const page = await openAs(author, '/', /401/)
  await untilHome(page)
  await page.getByRole('button', { name: 'Write a tweet' }).click()
  await page.getByLabel('Who can see it').selectOption('followers')
  await page.getByLabel('Text of the tweet').fill('between us')
  await page.getByRole('button', { name: 'Post', exact: true }).click()
  await tweetWith(page, 'between us').waitFor()
  await write(page, 'for everybody')
  const stranger = await visit(chromium(), cluster(), {
    path: `/@${author.handle}`,
    expected: /404/,
  })
  await tweetWith(stranger, 'for everybody').waitFor()
  expect(await tweetWith(stranger, 'between us').count()).toBe(0)

  await page.goto(`${cluster().url}/settings/data`)
  await page.getByRole('button', { name: 'Delete my account' }).click()
  await page.getByLabel('Password').fill('wrong')
  await page.getByRole('button', { name: 'Delete for ever' }).click()
  await page.getByText('The password is wrong').waitFor()
  await page.getByLabel('Password').fill(author.password)
  await page.getByRole('button', { name: 'Delete for ever' }).click()
  await page.getByRole('heading', { name: 'A place to call out.' }).waitFor()
  await stranger.reload()
  await stranger.getByText('Nobody has this handle.').waitFor()
})
