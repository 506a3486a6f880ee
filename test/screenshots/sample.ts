// What the pictures show: accounts of places and things, what they say, and who follows whom. All of it is made up.

export type Sample = {
  readonly handle: string
  readonly name: string
  readonly bio: string
  readonly place: string
}

export const reader: Sample = {
  handle: 'elm_row',
  name: 'Elm Row',
  bio: 'A street with eleven elms and one rookery. We write down what we hear.',
  place: 'Between mill and chapel',
}

export const others: readonly Sample[] = [
  {
    handle: 'harbour_light',
    name: 'Harbour Light',
    bio: 'Tides, boats, and the weather as it comes in.',
    place: 'North quay',
  },
  {
    handle: 'field_notes',
    name: 'Field Notes',
    bio: 'Birds by the hedge, counted at dawn. #rooks most of all.',
    place: 'The long meadow',
  },
  {
    handle: 'night_sky',
    name: 'Night Sky',
    bio: 'What is up there tonight, cloud permitting.',
    place: 'The hill without lamps',
  },
  {
    handle: 'slow_bread',
    name: 'Slow Bread',
    bio: 'Flour, water, salt, and a day of waiting.',
    place: 'Mill lane',
  },
  {
    handle: 'paper_and_ink',
    name: 'Paper & Ink',
    bio: 'A small press. Poems, maps, seed packets.',
    place: 'Under the railway arch',
  },
  {
    handle: 'last_train',
    name: 'The Last Train',
    bio: 'Departures after ten in the evening.',
    place: 'Platform 2',
  },
]

/** Photos by name: drawn by pictures.ts. */
export type PhotoName = 'dusk' | 'shore' | 'night'

export type Said = {
  readonly by: string
  readonly text: string
  readonly photo?: { readonly name: PhotoName; readonly alt: string }
  /** The place in the list of what it answers or quotes. */
  readonly replyTo?: number
  readonly quoteOf?: number
}

export const said: readonly Said[] = [
  {
    by: 'last_train',
    text: '22:40 to the coast leaves from platform 2, seven minutes late. The buffet is open.',
  },
  {
    by: 'slow_bread',
    text: 'Rye and caraway, out of the oven at six. Whoever knocks gets the heel of the first loaf.',
  },
  {
    by: 'paper_and_ink',
    text: 'The autumn catalogue is back from the binder: https://paperandink.example/autumn',
  },
  {
    by: 'night_sky',
    text: 'Jupiter beside the moon tonight, low in the south-east. No glass needed, only a dark corner. #nightsky',
    photo: { name: 'night', alt: 'A crescent moon and a bright planet over a black line of hills' },
  },
  {
    by: 'field_notes',
    text: 'Counted 214 #rooks going to roost over the long meadow, in four straggling lines. The jackdaws came last, as ever.',
    photo: { name: 'dusk', alt: 'Birds in a line over layered hills at dusk' },
  },
  {
    by: 'elm_row',
    text: 'Which of you saw where they went? Ours were back by five. #rooks',
    replyTo: 4,
  },
  {
    by: 'field_notes',
    text: '@elm_row Over the weir and then due east. I think they share your elms.',
    replyTo: 5,
  },
  {
    by: 'elm_row',
    text: '@field_notes Then we shall count them from this side tomorrow.',
    replyTo: 6,
  },
  {
    by: 'harbour_light',
    text: 'They passed the light at ten to five. I waved. #rooks',
    replyTo: 4,
  },
  { by: 'paper_and_ink', text: 'This wants to be a broadside.', quoteOf: 4 },
  {
    by: 'elm_row',
    text: 'First frost on the railings. The rooks talk more when it is cold, or we listen better. #rooks #frost',
  },
  {
    by: 'harbour_light',
    text: 'Wind backing west, four to five. Three boats in before dark, all with mackerel.',
    photo: { name: 'shore', alt: 'A calm sea in pale bands of blue under a low sun' },
  },
  {
    by: 'night_sky',
    text: 'Clear until two. If you hear geese, look up: they are under the stars, not among them. #frost #nightsky',
  },
]

/** The place of the tweet whose thread is shown. */
export const threadAt = 6

/** Who marks what as a favorite: the place in the list above. */
export const favored: readonly (readonly [by: string, place: number])[] = [
  ['elm_row', 4],
  ['harbour_light', 4],
  ['night_sky', 4],
  ['paper_and_ink', 4],
  ['slow_bread', 4],
  ['field_notes', 10],
  ['harbour_light', 10],
  ['night_sky', 10],
  ['slow_bread', 3],
  ['elm_row', 3],
  ['paper_and_ink', 5],
  ['last_train', 11],
  ['elm_row', 11],
  ['field_notes', 11],
  ['slow_bread', 12],
]

export const retweeted: readonly (readonly [by: string, place: number])[] = [
  ['night_sky', 10],
  ['harbour_light', 4],
  ['slow_bread', 11],
]
