import assert from 'node:assert/strict'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, it } from 'node:test'
import { type FillValue, type TestForm, visit } from '../../../lib/testing/testing.js'

describe('fill', () => {
  const controls = `<input name=text maxlength=5><input name=fixed readonly><input name=off disabled><input name=secret type=hidden value=x>
    <div hidden><input name=trap></div><fieldset disabled><input name=barred></fieldset>
    <input name=twin><input name=twin><input name=number type=number><input name=date type=date><input name=range type=range max=10>
    <input name=color type=color><textarea name=area maxlength=6></textarea>
    <input type=checkbox name=one value=1><input type=checkbox name=many value=a><input type=checkbox name=many value=b checked>
    <input type=checkbox name=many value=off disabled>
    <input type=radio name=plan value=a checked><input type=radio name=plan value=b><input type=radio name=plan value=c disabled>
    <select name=country><option value=de>Germany<option value=fr>France<option value=xx disabled>No</select>
    <select name=langs multiple><option>en<option>fr<option>de</select>
    <input type=file name=file><input type=file name=files multiple>
    <input type=hidden name=shadow value=0><input type=checkbox name=shadow value=1><button name=button>x</button>`

  it('sets each kind of control as a person would', async () => {
    const form = await formWith(controls)
    form.fill({
      text: 'abcde',
      twin: ['1', '2'],
      number: 3,
      date: '2026-11-27',
      range: 7,
      color: '#ABCDEF',
      area: 'a\r\nb\rc',
      one: true,
      many: ['a'],
      plan: 'b',
      country: 'France',
      langs: ['de', 'en'],
      file: { name: 'a.txt', type: 'text/plain', content: 'x' },
      files: [new File(['1'], '1'), { name: '2', content: new Uint8Array([2]) }],
      shadow: true,
    })
    assert.deepEqual(
      form.entries().map(([name, value]) => [name, typeof value === 'string' ? value : value.name]),
      [
        ['text', 'abcde'],
        ['fixed', ''],
        ['secret', 'x'],
        ['trap', ''],
        ['twin', '1'],
        ['twin', '2'],
        ['number', '3'],
        ['date', '2026-11-27'],
        ['range', '7'],
        ['color', '#abcdef'],
        ['area', 'a\nb\nc'],
        ['one', '1'],
        ['many', 'a'],
        ['plan', 'b'],
        ['country', 'fr'],
        ['langs', 'en'],
        ['langs', 'de'],
        ['file', 'a.txt'],
        ['files', '1'],
        ['files', '2'],
        ['shadow', '0'],
        ['shadow', '1'],
      ],
    )
    form
      .check('many', 'b')
      .uncheck('one')
      .choose('plan', 'a')
      .choose('langs', 'fr')
      .fill({ files: [], many: 'b' })
    assert.deepEqual([form.values('many'), form.value('one'), form.value('plan')], [['b'], undefined, 'a'])
    assert.deepEqual([form.values('langs'), form.value('files')], [['en', 'fr', 'de'], ''])
  })

  const refusals: readonly (readonly [values: Record<string, FillValue>, message: RegExp])[] = [
    [{ title: 'x' }, /no control "title"\. It has: "text", "fixed"/],
    [{ button: 'x' }, /no control "button"/],
    [{ __proto__: null, constructor: 'x' } as never, /no control "constructor"/],
    [{ fixed: 'x' }, /"fixed" is read-only/],
    [{ off: 'x' }, /"off" is disabled/],
    [{ barred: 'x' }, /"barred" is disabled/],
    [{ secret: 'x' }, /"secret" is hidden/],
    [{ trap: 'x' }, /"trap" is hidden/],
    [{ text: 'abcdef' }, /takes 5 characters at most \(maxlength\), and the text has 6/],
    [{ area: 'abcd\r\nef' }, /takes 6 characters/],
    [{ text: 'a\nb' }, /single line/],
    [{ text: true }, /no checkbox/],
    [{ text: ['a', 'b'] }, /one control, and there are 2 values/],
    [{ text: { name: 'a', content: '' } }, /takes a text, not a object/],
    [{ text: null as never }, /takes a text, not null/],
    [{ twin: 'x' }, /2 controls "twin"\. Give a list/],
    [{ twin: ['1', '2', '3'] }, /2 controls "twin", and 3 values/],
    [{ number: 'many' }, /type number, and cannot hold "many"/],
    [{ date: '2026-02-30' }, /type date/],
    [{ range: 11 }, /nearest is 10/],
    [{ color: 'red' }, /type color/],
    [{ many: true }, /3 choices|2 choices/],
    [{ many: 'c' }, /"many" offers no "c"\. It offers: "a", "b"/],
    [{ many: 'off' }, /offers no "off"/],
    [{ plan: 'c' }, /offers no "c"/],
    [{ plan: ['a', 'b'] }, /of which one is chosen/],
    [{ plan: false }, /choices "plan"/],
    [{ country: 'it' }, /"country" offers no "it"\. It offers: "de", "fr", "xx"/],
    [{ country: 'xx' }, /option "xx" of "country" is disabled/],
    [{ country: ['de', 'fr'] }, /takes one option, and 2 are given/],
    [{ file: 'a.txt' }, /takes a file/],
    [{ file: true }, /takes a file, not true/],
    [{ file: [new File([], 'a'), new File([], 'b')] }, /takes one file, and 2 are given/],
  ]
  it('refuses what a person could not do, and says why', async () => {
    const form = await formWith(controls)
    for (const [values, message] of refusals) {
      const before = form.entries()
      assert.throws(() => form.fill(values), { code: 'ERR_BROWSER_REFUSED', message }, JSON.stringify(values))
      assert.throws(() => form.fill(values), /^SealformError \[ERR_BROWSER_REFUSED\]: The form "form": /)
      assert.deepEqual(names(form.entries()), names(before))
    }
    assert.throws(() => form.check('many'), /Say which: "a", "b"/)
    assert.throws(() => form.check('text'), /no checkbox and no radio button/)
    assert.throws(() => form.uncheck('plan', 'a'), /radio button: choose another/)
    assert.throws(() => form.check('country'), /Say which option/)
  })
})

describe('submit', () => {
  it('presses the button with the given text, name, value or id', async () => {
    const form =
      await formWith(`<button name=op value=add>Add <b>one</b></button><button name=op value=remove>Remove</button>
      <input type=submit name=label value="A label"><input type=image alt=Picture name=image><button id=by-id name=x>Twice</button><button name=y>Twice</button>
      <button name=icon aria-label="By label"><svg></svg></button><button name=gone disabled>Gone</button><button type=button>Script</button>`)
    assert.deepEqual(form.buttons, [
      'Add one',
      'Remove',
      'A label',
      'Picture',
      'Twice',
      'Twice',
      'By label',
      'Gone',
    ])
    for (const [button, sent] of [
      ['Add one', 'op=add'],
      ['remove', 'op=remove'],
      ['A label', 'label=A+label'],
      ['label', 'label=A+label'],
      ['Picture', 'image.x=0&image.y=0'],
      ['by-id', 'x='],
      ['y', 'y='],
      ['By label', 'icon='],
    ] as const) {
      assert.equal((await form.submit(button)).text, sent)
    }
    assert.equal((await form.submit()).text, 'op=add')
    assert.equal((await form.submit('Picture', { at: { x: 3, y: 4 } })).text, 'image.x=3&image.y=4')
    await assert.rejects(form.submit('op'), /2 buttons "op"\. Say which by its value or id: "add", "remove"/)
    await assert.rejects(form.submit('Twice'), /2 buttons "Twice"/)
    const same = await formWith(
      '<button>Send</button><input name=a><button>Send</button><button formnovalidate>Send</button>',
    )
    await assert.rejects(same.submit('Send'), /3 buttons "Send"/)
    assert.equal(
      (await (await formWith('<button>Send</button><button>Send</button>')).submit('Send')).text,
      '',
    )
    await assert.rejects(form.submit('Script'), /no button "Script"\. It has: "Add one"/)
    await assert.rejects(form.submit('Gone'), /"Gone" is disabled/)
  })

  it('works like the Enter key when no button is named', async () => {
    const first = await formWith('<button disabled>First</button><button>Second</button>')
    await assert.rejects(first.submit(), /"First" is disabled/)
    assert.equal((await (await formWith('<input name=a value=1>')).submit()).text, 'a=1')
    const two = await formWith('<input name=a><input name=b>')
    await assert.rejects(two.submit(), /no submit button, and the Enter key sends no form with 2 text fields/)
  })

  it('is refused while a browser would refuse a control', async () => {
    const form = await formWith(
      '<input name=email type=email value=nobody><input name=age type=number required><button>Send</button><button formnovalidate>Draft</button>',
    )
    await assert.rejects(form.submit(), {
      code: 'ERR_BROWSER_REFUSED',
      message:
        /"email" is no email address: "nobody"; "age" is required, and empty.*submit\(\{ validate: false \}\)/,
    })
    assert.equal((await form.submit('Draft')).text, 'email=nobody&age=')
    assert.equal((await form.submit({ validate: false })).text, 'email=nobody&age=')
    assert.equal((await form.submit('Send', { validate: false })).text, 'email=nobody&age=')
    const short = await formWith('<input name=a minlength=3 value=x><button>Send</button>')
    assert.equal((await short.submit()).text, 'a=x')
    await assert.rejects(short.fill({ a: 'xy' }).submit(), /"a" has 2 characters, and minlength is 3/)
    const open = await formWith('<input name=a required><button>Send</button>', 'novalidate')
    assert.equal((await open.submit()).text, 'a=')
  })

  it('sends nothing to another site, to a dialog or to a malformed URL', async () => {
    for (const [attributes, message] of [
      ['action="https://other.example/"', /another site/],
      ['action="javascript:1"', /another site/],
      ['action="http://["', /no URL/],
      ['method=dialog', /closes a dialog/],
    ] as const) {
      const form = await formWith('<button>Send</button>', attributes)
      await assert.rejects(form.submit(), { code: 'ERR_BROWSER_REFUSED', message })
    }
    const button = await formWith('<button formaction="//other.example">Away</button>')
    await assert.rejects(button.submit(), /another site/)
  })

  it('reports that it cannot write a multi-byte encoding', async () => {
    const form = await formWith('<input name=a value=山><button>Send</button>', 'accept-charset=shift_jis')
    await assert.rejects(form.submit(), /Forms in shift_jis cannot be sent/)
  })

  it('copes with very many controls', async () => {
    const form = await formWith(`${'<input name=a value=1>'.repeat(5000)}<button>Send</button>`)
    assert.equal((await form.submit()).text.length, 5000 * 4 - 1)
  })
})

function names(entries: ReturnType<TestForm['entries']>) {
  return entries.map(([name, value]) => [name, typeof value === 'string' ? value : value.name])
}

/** A form whose server returns the body that it received. */
describe('a password that only its control declares', () => {
  const controls =
    '<input name=sealform.secret.door type=password required minlength=3 maxlength=8><input name=sealform.secret.rows[0].key type=password>'

  it('is filled in and read by the name of its field, and sent under that of its control', async () => {
    const form = await formWith(controls)
    form.fill({ door: 'hunter', 'rows[0].key': 'x' })
    assert.deepEqual([form.value('door'), form.values('rows[0].key')], ['hunter', ['x']])
    assert.deepEqual(form.entries(), [
      ['sealform.secret.door', 'hunter'],
      ['sealform.secret.rows[0].key', 'x'],
    ])
    const answer = await (await formWith(`${controls}<button>Send</button>`))
      .fill({ door: 'hunter' })
      .submit()
    assert.equal(answer.text, 'sealform.secret.door=hunter&sealform.secret.rows%5B0%5D.key=')
  })

  it('has the name of its field in messages', async () => {
    const form = await formWith(`${controls}<button>Send</button>`)
    const refuses = (act: () => unknown, message: RegExp) =>
      assert.throws(act, { code: 'ERR_BROWSER_REFUSED', message })
    refuses(() => form.fill({ gate: 'x' }), /no control "gate"\. It has: "door", "rows\[0\]\.key"\./)
    refuses(() => form.fill({ door: 'x'.repeat(9) }), /: "door" takes 8 characters at most/)
    await assert.rejects(form.submit(), { message: /would not send it: "door" is required, and empty\./ })
    await assert.rejects(form.fill({ door: 'x' }).submit(), { message: /: "door" has 1 characters/ })
  })
})

async function formWith(controls: string, attributes = ''): Promise<TestForm> {
  const page = await visit(async (req: IncomingMessage, res: ServerResponse) => {
    let body = ''
    for await (const piece of req) body += piece
    if (req.method === 'POST') res.end(body)
    else {
      res.setHeader('Content-Type', 'text/html; charset=utf-8')
      res.end(`<form id=form ${attributes} method=post>${controls}</form>`)
    }
  }, '/')
  return page.form('form')
}
