import assert from 'node:assert/strict'
import { test } from 'node:test'
import { safeFileName } from '../../../lib/files/safe-file-name.js'
import { processorTime } from '../../setup/processor-time.js'

const cases: ReadonlyArray<readonly [given: string, safe: string, why: string]> = [
  ['photo.png', 'photo.png', 'an ordinary name'],
  ['Ünïcode 日本語 🦭.png', 'Ünïcode 日本語 🦭.png', 'other scripts and emoji'],
  ['What is "2+2" & <b>?.txt', 'What is "2+2" & <b>?.txt', 'signs that only HTML and shells give a meaning'],
  ['.gitignore', '.gitignore', 'a dot in front'],
  ['a.tar.gz', 'a.tar.gz', 'several extensions'],
  ['/etc/passwd', 'passwd', 'an absolute path'],
  ['../../../etc/passwd', 'passwd', 'a path upwards'],
  ['..\\..\\windows\\win.ini', 'win.ini', 'a path upwards on Windows'],
  ['C:\\Users\\me\\cv.pdf', 'cv.pdf', 'the whole path that old browsers sent'],
  ['C:cv.pdf', 'cv.pdf', 'a drive without a slash'],
  ['\\\\server\\share\\cv.pdf', 'cv.pdf', 'a network share'],
  ['a/b\\c/d.txt', 'd.txt', 'slashes both ways'],
  ['dir/', 'file', 'a path that ends with a slash'],
  ['cv.pdf:hidden', 'cv.pdf_hidden', 'a stream of NTFS'],
  ['x.php::$DATA', 'x.php__$DATA', 'the main stream of NTFS'],
  ['', 'file', 'nothing'],
  ['.', 'file', 'this directory'],
  ['..', 'file', 'the directory above'],
  ['......', 'file', 'only dots'],
  [' . . ', 'file', 'only dots and spaces'],
  ['.\u200b.', 'file', 'the directory above, parted by a zero-width space'],
  ['.\u0000.', 'file', 'the directory above, parted by NUL'],
  ['\u202e\u200b\u0000', 'file', 'only what shows nothing'],
  ['invoice\u202Efdp.exe', 'invoicefdp.exe', 'an extension written backwards'],
  ['a\u2066b\u2069c\u200e\u200f\u061cd', 'abcd', 'every kind of direction mark'],
  ['pass\u200bword\u2060\ufeff.txt', 'password.txt', 'zero width'],
  ['a\u00adb\u3164c\u115f.txt', 'abc.txt', 'soft hyphen and fillers'],
  ['a\u{e0041}\u{e007f}.txt', 'a.txt', 'tags'],
  ['x.png\u0000.exe', 'x.png.exe', 'NUL'],
  ['a\r\nSet-Cookie: b.txt', 'aSet-Cookie_ b.txt', 'a line break'],
  ['a\u0085b\u2028c\u2029d\u007f\u001b.txt', 'abcd.txt', 'line breaks and controls of Unicode'],
  ['\ud800a\udc00.txt', 'a.txt', 'lone surrogates'],
  ['e\u0301.txt', '\u00e9.txt', 'a letter and its accent apart'],
  ['e\u200d\u0301.txt', '\u00e9.txt', 'a letter and its accent, parted by a joiner'],
  ['name. . .', 'name', 'dots and spaces at the end'],
  ['\u00a0\u3000name.txt\u2003', 'name.txt', 'spaces of all kinds at the ends'],
  ['CON', '_CON', 'a device'],
  ['con.txt', '_con.txt', 'a device with an extension'],
  ['nul .tar.gz', '_nul .tar.gz', 'a device, a space and extensions'],
  ['COM1', '_COM1', 'a serial port'],
  ['lpt¹.log', '_lpt¹.log', 'a printer port in superscript'],
  ['CONIN$', '_CONIN$', 'the console'],
  ['A:con', '_con', 'a device on a drive'],
  ['c\u200bon.txt', '_con.txt', 'a device parted by a zero-width space'],
  ['nul:', 'nul_', 'a device and its colon'],
  ['console.log', 'console.log', 'what starts like a device'],
  ['com10.txt', 'com10.txt', 'no port'],
]

test('makes each nasty name safe to show and to join to a path', () => {
  for (const [given, safe, why] of cases) assert.equal(safeFileName(given), safe, why)
})

test('leaves a safe name as it is', () => {
  for (const [, safe, why] of cases) assert.equal(safeFileName(safe), safe, why)
})

test('keeps a name of exactly 255 bytes, and cuts one of 256 before its extension', () => {
  const longest = `${'a'.repeat(251)}.png`
  assert.equal(safeFileName(longest), longest)
  assert.equal(safeFileName(`a${longest}`), longest)
  assert.equal(safeFileName(`${'a'.repeat(300)}.png`), longest)
})

test('counts bytes and not characters', () => {
  const name = safeFileName(`${'ü'.repeat(150)}.jpeg`)
  assert.equal(name, `${'ü'.repeat(125)}.jpeg`)
  assert.equal(Buffer.byteLength(name), 255)
})

test('cuts no emoji in two', () => {
  const name = safeFileName(`${'a'.repeat(249)}🦭🦭.png`)
  assert.equal(name, `${'a'.repeat(249)}.png`)
  assert.equal(safeFileName(`${'a'.repeat(247)}🦭🦭.png`), `${'a'.repeat(247)}🦭.png`)
})

test('cuts a name without an extension, and one whose extension is no extension', () => {
  assert.equal(safeFileName('a'.repeat(300)), 'a'.repeat(255))
  assert.equal(safeFileName(`.${'a'.repeat(300)}`), `.${'a'.repeat(254)}`)
  assert.equal(safeFileName(`a.${'b'.repeat(300)}`), `a.${'b'.repeat(253)}`)
})

test('leaves no dot or space where a name without an extension was cut', () => {
  assert.equal(safeFileName(`${'a'.repeat(254)}.${'b'.repeat(40)}`), 'a'.repeat(254))
  assert.equal(safeFileName(`${'a'.repeat(254)} ${'b'.repeat(40)}`), 'a'.repeat(254))
})

test('reads a name of a megabyte at once', () => {
  const time = processorTime(() => {
    assert.equal(safeFileName(`${' .'.repeat(500_000)}x`), '.x')
    assert.equal(safeFileName(' '.repeat(1_000_000)), 'file')
  })
  assert.ok(time < 1000, `${time} ms`)
})
