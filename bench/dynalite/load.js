// Puts rows straight into a dynalite's files, some of them a million times over, under rising ids:
// through its HTTP door that would take minutes. Usage: node load.js <folder> < {rows, many} as JSON
'use strict'

const db = require('dynalite/db')

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const BATCH_ROWS = 2000
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

function* rowsOf({ rows, many }) {
  yield* rows
  for (const { table, pattern, count, first_ms: first, step_ms: step } of many) {
    for (let number = 0; number < count; number++) {
      yield { table, item: JSON.parse(pattern.replace(PLACE, idAt(first + number * step))) }
    }
  }
}

async function load(folder, wanted) {
  const store = db.create({ path: folder })
  const promised = (call) => new Promise((done, failed) => call((error, value) => (error ? failed(error) : done(value))))
  const tables = new Map()
  const writes = new Map()
  const flush = async () => {
    for (const [target, operations] of writes) await promised((callback) => target.batch(operations, callback))
    writes.clear()
  }
  const put = (target, key, value) => {
    if (!writes.has(target)) writes.set(target, [])
    writes.get(target).push({ type: 'put', key, value })
  }
  let waiting = 0
  for (const { table: name, item } of rowsOf(wanted)) {
    if (!tables.has(name)) tables.set(name, await promised((callback) => store.getTable(name, callback)))
    const table = tables.get(name)
    put(store.getItemDb(name), db.createKey(item, table), item)
    for (const seen of db.getIndexActions(table.GlobalSecondaryIndexes || [], null, item, table).puts) {
      put(store.getIndexDb('Global', name, seen.index), seen.key, seen.item)
    }
    if (++waiting === BATCH_ROWS) {
      await flush()
      waiting = 0
    }
  }
  await flush()
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
