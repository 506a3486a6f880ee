// Words of ten scripts, with emoji of every make: what the texts of the load tool are put together
// from. Everyday words only. A script differs from the next in what goes wrong with it: direction,
// combining marks, missing spaces, surrogate pairs, weight.

/** One script: its words, and what joins them. */
export type Script = {
  readonly name: string
  readonly words: readonly string[]
  /** Thai, Japanese and Chinese put no space between words. */
  readonly joint: '' | ' '
  readonly stop: string
  /** How often it is chosen, against the others. */
  readonly share: number
}

const split = (text: string): readonly string[] => text.normalize('NFC').split(' ')

export const scripts: readonly Script[] = [
  {
    name: 'Latin',
    words: split(
      'the of and a to in is you that it he was for on are as with his they I at be this have ' +
        'morning coffee river garden bridge winter music kitchen ticket station evening window ' +
        'café naïve garçon Straße über mañana señor Zürich Łódź žluťoučký kůň İstanbul Đà Nẵng ' +
        'Reykjavík smörgåsbord œuvre Ελ 2026 42 3.5',
    ),
    joint: ' ',
    stop: '.',
    share: 48,
  },
  {
    name: 'Cyrillic',
    words: split(
      'утро кофе река сад мост зима музыка кухня билет вокзал вечер окно сегодня хорошо очень ' +
        'новый город книга ёлка їжак ґанок љубав',
    ),
    joint: ' ',
    stop: '!',
    share: 8,
  },
  {
    name: 'Greek',
    words: split('πρωί καφές ποτάμι κήπος γέφυρα χειμώνας μουσική κουζίνα εισιτήριο σταθμός ἀρχή'),
    joint: ' ',
    stop: ';',
    share: 5,
  },
  {
    name: 'Arabic',
    words: split('صباح قهوة نهر حديقة جسر شتاء موسيقى مطبخ تذكرة محطة مساء نافذة كِتَابٌ ۲۰۲۶'),
    joint: ' ',
    stop: '؟',
    share: 6,
  },
  {
    name: 'Hebrew',
    words: split('בוקר קפה נהר גן גשר חורף מוזיקה מטבח כרטיס תחנה ערב חלון שָׁלוֹם'),
    joint: ' ',
    stop: '.',
    share: 5,
  },
  {
    name: 'Devanagari',
    words: split('सुबह कॉफ़ी नदी बगीचा पुल सर्दी संगीत रसोई टिकट स्टेशन शाम खिड़की क्षत्रिय ज्ञान'),
    joint: ' ',
    stop: '।',
    share: 6,
  },
  {
    name: 'Thai',
    words: split('เช้า กาแฟ แม่น้ำ สวน สะพาน ฤดูหนาว ดนตรี ครัว ตั๋ว สถานี เย็น หน้าต่าง น้ำใจ'),
    joint: '',
    stop: ' ',
    share: 5,
  },
  {
    name: 'Japanese',
    words: split(
      '朝 コーヒー 川 庭 橋 冬 音楽 台所 切符 駅 夕方 窓 とても 楽しい です パーティー ｶﾅ 𠮷野家',
    ),
    joint: '',
    stop: '。',
    share: 7,
  },
  {
    name: 'Chinese',
    words: split('早上 咖啡 河流 花园 桥 冬天 音乐 厨房 车票 车站 晚上 窗户 臺灣 𨋢'),
    joint: '',
    stop: '，',
    share: 5,
  },
  {
    name: 'Korean',
    words: split('아침 커피 강 정원 다리 겨울 음악 부엌 표 역 저녁 창문 오늘 정말 좋아요'),
    joint: ' ',
    stop: '~',
    share: 5,
  },
]

/** One code point, with a skin tone, joined, flags, a keycap, and a text symbol made an emoji. */
export const emojis: readonly string[] = [
  '😀',
  '🎉',
  '🐦',
  '☕',
  '🔥',
  '🙏',
  '👍🏽',
  '👩🏾‍🚀',
  '👨‍👩‍👧‍👦',
  '👩‍❤️‍👨',
  '🏳️‍🌈',
  '🇯🇵',
  '🇧🇷',
  '🏴󠁧󠁢󠁳󠁣󠁴󠁿',
  '1️⃣',
  '❤️',
]

export const hashtags: readonly string[] = [
  '#music',
  '#Monday',
  '#coffee_time',
  '#été',
  '#новости',
  '#καφές',
  '#قهوة',
  '#बगीचा',
  '#音楽',
  '#冬天',
  '#음악',
  '#web3',
]

/** Hosts that are reserved for examples (RFC 2606). */
export const urls: readonly string[] = [
  'https://example.com',
  'https://example.org/a/long/path/that/goes/on-and-on?with=a&query=too#and-a-fragment',
  'http://example.net/caf%C3%A9',
  'https://www.example.com/watch?v=1a2b3c',
  'https://sub.domain.example.org/',
]
