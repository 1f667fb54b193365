import { script } from './connection.js'

// A claim is one text, which takes half of the memory of a hash: `r` or `s`, then a MessagePack list of
//
//   r: owner, the time in milliseconds when its lease expires, digest
//   s: digest, result
//
// Its key expires with it. All times are of Redis' own clock.

/** Defines `state()`, which returns `nil` when there is no claim. */
const found = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local text = redis.call('GET', KEYS[1])
local kind = text and string.sub(text, 1, 1)
local claim = text and cmsgpack.unpack(string.sub(text, 2))
local running = kind == 'r' and claim
local function state()
  if not claim then return nil end
  if kind == 's' then return {'settled', claim[1], claim[2]} end
  local left = claim[2] - now
  if left > 0 then return {'running', claim[3], string.format('%.0f', left)} end
  return {'lost'}
end
local function keep(kind, list, ...)
  redis.call('SET', KEYS[1], kind .. cmsgpack.pack(list), ...)
end
`

/** Claims, or returns the state of the existing claim. Arguments: owner, digest, lease and keep in milliseconds. */
export const claimScript = script(`${found}
local known = state()
if known then return known end
keep('r', {ARGV[1], now + ARGV[3], ARGV[2]}, 'PX', ARGV[4])
return {'claimed'}
`)

export const stateScript = script(`${found}
return state() or {'free'}
`)

/**
 * Renews a lease. Arguments: owner, lease in milliseconds, and for a claim that Redis has lost its digest and keep in
 * milliseconds; keep is '' when this process did not make the claim.
 */
export const renewScript = script(`${found}
if claim and not (running and claim[1] == ARGV[1]) then return end
if running then keep('r', {ARGV[1], now + ARGV[2], claim[3]}, 'KEEPTTL')
elseif ARGV[4] ~= '' then keep('r', {ARGV[1], now + ARGV[2], ARGV[3]}, 'PX', ARGV[4]) end
`)

/**
 * Stores a result. Arguments: owner, result, keep in milliseconds, channel, message, and the digest for a claim that Redis
 * has lost; '' when this process did not make the claim.
 */
export const settleScript = script(`${found}
if claim and not (running and claim[1] == ARGV[1]) then return end
if not claim and ARGV[6] == '' then return end
keep('s', {running and claim[3] or ARGV[6], ARGV[2]}, 'PX', ARGV[3])
redis.pcall('PUBLISH', ARGV[4], ARGV[5])
`)

/** Deletes a claim. Arguments: owner, channel, message. */
export const releaseScript = script(`${found}
if not (running and claim[1] == ARGV[1]) then return end
redis.call('DEL', KEYS[1])
redis.pcall('PUBLISH', ARGV[2], ARGV[3])
`)
