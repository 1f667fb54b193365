import { script } from './connection.js'

// A claim is a hash with `owner`, with `leased`, the time in milliseconds when its lease expires, and with `result` when it
// is settled. The key of the hash expires with the claim. All times are of Redis' own clock.

const now = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function after(ms) return string.format('%.0f', now + ms) end
`

/** Defines `state()`, which returns `nil` when there is no claim. */
const found = `
local found = redis.call('HMGET', KEYS[1], 'result', 'leased', 'owner')
local function state()
  if found[1] then return {'settled', found[1]} end
  if not found[2] then return nil end
  local left = tonumber(found[2]) - now
  if left > 0 then return {'running', string.format('%.0f', left)} end
  return {'lost'}
end
`

/** Claims, or returns the state of the existing claim. Arguments: owner, lease and keep in milliseconds. */
export const claimScript = script(`${now}${found}
local known = state()
if known then return known end
redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'leased', after(ARGV[2]))
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return {'claimed'}
`)

export const stateScript = script(`${now}${found}
return state() or {'free'}
`)

/**
 * Renews a lease. Arguments: owner, lease in milliseconds, and keep in milliseconds for a claim that Redis has lost; '' when
 * this process did not make the claim.
 */
export const renewScript = script(`${now}${found}
if found[1] or (found[3] and found[3] ~= ARGV[1]) then return end
if not found[3] then
  if ARGV[3] == '' then return end
  redis.call('HSET', KEYS[1], 'owner', ARGV[1])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
redis.call('HSET', KEYS[1], 'leased', after(ARGV[2]))
`)

/**
 * Stores a result. Arguments: owner, result, keep in milliseconds, channel, message, and '' when this process did not make
 * the claim.
 */
export const settleScript = script(`${now}${found}
if found[1] or (found[3] and found[3] ~= ARGV[1]) then return end
if not found[3] and ARGV[6] == '' then return end
redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'result', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.pcall('PUBLISH', ARGV[4], ARGV[5])
`)

/** Deletes a claim. Arguments: owner, channel, message. */
export const releaseScript = script(`${now}${found}
if found[1] or found[3] ~= ARGV[1] then return end
redis.call('DEL', KEYS[1])
redis.pcall('PUBLISH', ARGV[2], ARGV[3])
`)
