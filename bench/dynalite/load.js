// Puts rows straight into a dynalite's files, some of them a million times over under rising ids:
// through its HTTP door that would take an hour. Tells how many it has put there.
// Usage: node load.js <folder> < {rows, many} as JSON
'use strict'

const db = require('dynalite/db')

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const BATCH_ROWS = 5000
const TELL_ROWS = 500000
const PLACE = /@ID@/g

/** An id as the community makes them: the time in milliseconds, then a constant. */
function idAt(milliseconds) {
  let text = ''
  for (let rest = milliseconds, letter = 0; letter < 10; letter++) {
    text = ALPHABET[rest % 32] + text
    rest = Math.floor(rest / 32)
  }
  return text + '0'.repeat(16)
}

/** Each row with its text, which is what is stored: to write it again for each would take half the time. */
function* rowsOf({ rows, many }) {
  for (const { table, item } of rows) yield { table, item, text: JSON.stringify(item) }
  for (const { table, pattern, count, first_ms: first, step_ms: step } of many) {
    const { pk, sk, gsi1pk, gsi1sk } = JSON.parse(pattern)
    const keys = JSON.stringify({ pk, sk, gsi1pk, gsi1sk })
    for (let number = 0; number < count; number++) {
      const id = idAt(first + number * step)
      yield { table, item: JSON.parse(keys.replace(PLACE, id)), text: pattern.replace(PLACE, id) }
    }
  }
}

async function load(folder, wanted) {
  const store = db.create({ path: folder })
  const promised = (call) =>
    new Promise((done, failed) => call((error, value) => (error ? failed(error) : done(value))))
  const tables = new Map()
  const writes = new Map()
  let waiting = 0
  let done = 0
  const put = (target, key, text) => {
    if (!writes.has(target)) writes.set(target, [])
    writes.get(target).push({ type: 'put', key, value: text, valueEncoding: 'utf8' })
  }
  let writing = Promise.resolve()
  // The next rows are made while these are written.
  const flush = async () => {
    await writing
    const batches = [...writes].map(([target, rows]) => promised((callback) => target.batch(rows, callback)))
    writing = Promise.all(batches)
    writes.clear()
    waiting = 0
  }
  for (const { table: name, item, text } of rowsOf(wanted)) {
    if (!tables.has(name)) tables.set(name, await promised((callback) => store.getTable(name, callback)))
    const table = tables.get(name)
    put(store.getItemDb(name), db.createKey(item, table), text)
    for (const seen of db.getIndexActions(table.GlobalSecondaryIndexes || [], null, item, table).puts) {
      put(store.getIndexDb('Global', name, seen.index), seen.key, text)
    }
    if (++waiting === BATCH_ROWS) await flush()
    if (++done % TELL_ROWS === 0) console.log(done)
  }
  await flush()
  await writing
  await store.db.close()
}

async function main() {
  const chunks = []
  for await (const chunk of process.stdin) chunks.push(chunk)
  await load(process.argv[2], JSON.parse(Buffer.concat(chunks).toString()))
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error)
    process.exit(1)
  },
)
