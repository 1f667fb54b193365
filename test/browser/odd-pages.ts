import type { TestFile } from '../../lib/testing/testing.js'

/** The files that both sides choose. */
export const oddFiles: readonly [TestFile, TestFile] = [
  { name: 'a "quoted" ü.txt', type: 'text/plain', content: 'line\nline' },
  { name: 'two.bin', type: 'application/octet-stream', content: '\u0001\u0002' },
]

/**
 * Controls that are easy to get wrong, and buttons that each send them in another way. Left out is where Chromium
 * itself departs from the standard: it sends what is in a `<datalist>`, an empty `dirname` as a name, and the `dirname`
 * of submit buttons that were not pressed.
 */
const oddControls = `
  <input name="plain" value="  two  words ">
  <input name="" value="nameless"><input value="without name">
  <input name="empty">
  <input name="unknown" type="nonsense" value="text after all">
  <input name="upper" type="TEXT" value="x">
  <input name="two&#10;lines" value="first&#13;&#10;second">
  <input type="hidden" name="hidden-lines" value="a&#10;b&#13;c&#13;&#10;d">
  <input name='quo"te' value='c"d'><input name="per%cent" value="100% %41 +">
  <input name="Größe" value="Ærø – “quoted” 👩‍👩‍👧‍👦"><input name="名前" value="山田">
  <input type="hidden" name="_charset_" value="whatever"><input name="_charset_" value="typed">
  <input type="hidden" name="_CharSet_">
  <input name="isindex" value="no longer special">
  <input name="same" value="1"><input name="same" value="2">
  <input name="off" value="x" disabled><input name="fixed" value="y" readonly>
  <fieldset disabled>
    <legend><input name="in-legend" value="1"><fieldset disabled><input name="in-inner" value="2"></fieldset></legend>
    <legend><input name="second-legend" value="3"></legend>
    <input name="in-fieldset" value="4">
    <fieldset><legend><input name="nested-legend" value="5"></legend></fieldset>
  </fieldset>
  <input type="checkbox" name="box" value="1" checked><input type="checkbox" name="box" value="2">
  <input type="checkbox" name="valueless" checked><input type="checkbox" name="empty-box" value="" checked>
  <input type="radio" name="plan" value="a" checked><input type="radio" name="plan" value="b" checked><input type="radio" name="plan" value="c">
  <input type="radio" name="PLAN" value="other group" checked>
  <input type="radio" name="unchosen" value="a">
  <select name="first"><option disabled>zero<option>one &amp;  two<option value="3">three</select>
  <select name="chosen"><option>one<option selected>two<option value="" selected>three</select>
  <select name="off-choice"><option>one<option selected disabled>two</select>
  <select name="off-group"><optgroup disabled><option>one</optgroup><optgroup label="x"><option> two  words </optgroup></select>
  <select name="tall" size="3"><option>one<option>two</select>
  <select name="many" multiple><option selected>one<option disabled selected>two<option selected value="3">three</select>
  <select name="childless"></select>
  <textarea name="area">

second line
third&#13;fourth</textarea><textarea name="bare"></textarea><textarea name="wrapped" wrap="soft" cols="5">more than five</textarea>
  <input type="email" name="email" value="  a@b.example  "><input type="email" multiple name="emails" value=" a@b.c ,  d@e.f ">
  <input type="url" name="url" value=" http://x.example/ "><input type="tel" name="tel" value=" 1 2 ">
  <input type="search" name="search" value="s"><input type="password" name="password" value="p">
  <input type="number" name="number" value="1e2"><input type="number" name="no-number" value="12x"><input type="number" name="plus" value="+1">
  <input type="range" name="range"><input type="range" name="range-far" min="10" max="20" value="99"><input type="range" name="range-step" min="1" max="10" step="4" value="4"><input type="range" name="range-half" min="0" max="1" step="0.25" value="0.3">
  <input type="range" name="range-empty" min="5" max="1"><input type="range" name="range-base" value="7" step="10">
  <input type="color" name="color" value="#ABCDEF"><input type="color" name="no-color" value="red ish">
  <input type="date" name="date" value="2026-02-29"><input type="date" name="leap" value="2028-02-29"><input type="date" name="old" value="0001-01-01">
  <input type="month" name="month" value="2026-11"><input type="month" name="no-month" value="2026-13">
  <input type="week" name="week" value="2026-W53"><input type="week" name="no-week" value="2025-W53">
  <input type="time" name="time" value="09:30:00"><input type="time" name="no-time" value="24:00">
  <input type="datetime-local" name="moment" value="2026-11-27 09:30:00.500"><input type="datetime-local" name="minute" value="2026-11-27T09:30:00">
  <input type="file" name="file"><input type="file" name="files" multiple>
  <object name="object" data="data:,"></object><output name="output">o</output>
  <template><input name="in-template" value="x"></template>
  <noscript><input name="in-noscript" value="x"></noscript>
  <input name="elsewhere" form="other" value="x"><input name="nowhere" form="missing" value="x">
  <input name="dir" dirname="dir.dir" value="x"><input name="rtl" dirname="rtl.dir" dir="rtl" value="x">
  <div dir="rtl"><input name="inherited" dirname="inherited.dir" value="x"><textarea name="auto" dir="auto" dirname="auto.dir">שלום</textarea>
  <input type="tel" name="rtl-tel" dirname="rtl-tel.dir"><input type="hidden" name="rtl-hidden" dirname="rtl-hidden.dir"></div>
  <input name="auto-ltr" dir="auto" dirname="auto-ltr.dir" value="1 - abc ש"><input name="auto-none" dir="auto" dirname="auto-none.dir" value="123">
  <input type="checkbox" name="no-dir" dirname="no-dir.dir" checked><input type="number" name="no-dir2" dirname="no-dir2.dir" value="1">
  
  <button type="button" name="script" value="x">no submit</button><button type="reset" name="reset" value="x">reset</button>`

const buttons = `
  <button id="named" name="button" value="named &#10; value">Named</button>
  <button id="nameless" value="x">Nameless</button>
  <button id="valueless" name="button">Valueless</button>
  <input type="submit" id="input" name="input"><input type="submit" id="labelled" name="input" value="Label">
  <input type="image" id="image" name="image" value="v" alt="x" width="40" height="40" style="padding: 0; border: 0">
  <input type="image" id="bare-image" alt="x" width="40" height="40">
  <button id="elsewhere" formaction="/elsewhere?b=2#part" name="b" value="1">Elsewhere</button>
  <button id="same" formaction="" name="b" value="1">Same</button>
  <button id="get" formmethod="get" name="b" value="1">Get</button>
  <button id="nonsense" formmethod="nonsense" formenctype="nonsense" name="b" value="1">Nonsense</button>
  <button id="plain" formenctype="text/plain" name="b" value="1">Plain</button>
  <button id="multipart" formenctype="multipart/form-data" name="b" value="1">Multipart</button>
  <button id="urlencoded" formenctype="application/x-www-form-urlencoded" name="b" value="1">Urlencoded</button>`

/** All buttons of the page of odd controls. */
export const oddButtons = [...buttons.matchAll(/id="([\w-]+)"/g)].map(([, id]) => id ?? '').concat('outside')

/** A page whose one form has all of these, in one of the encodings. */
export function oddPage(enctype: string): string {
  return `<!doctype html><meta charset="utf-8"><title>Odd</title>
<form id="form" method="post" enctype="${enctype}" action="sub/path?a=1" novalidate>${oddControls}${buttons}</form>
<form id="other"><input name="not-mine" value="x"></form>
<input name="late" form="form" value="after the form"><button id="outside" form="form" name="outside" value="1">Outside</button>`
}

/** Forms that the HTML parser splits. */
export const brokenForms = `<!doctype html><meta charset="utf-8">
<table><form id="form" method="post"><tr><td><input name="in-cell" value="1"></td></tr>
<tr><td><form id="nested" action="/nested"><input name="in-nested" value="2"><button id="after" name="b" value="1">After</button></td></tr></table>
<div><input name="after-table" value="3"></div></form><input name="after-form" value="4">
<form id="open" method="post"><p><input name="open" value="1"><div></form><input name="after-end" value="2"></div>
<select name="select"><option>a</select><button id="open-button" form="open">Open</button>
<form id="two" method="post" action="/second"><input name="second" value="1"><button id="second">Second</button></form>`

/** Controls with a constraint each. A browser refuses to send those whose names begin with `bad`. */
export const constrained = `<!doctype html><meta charset="utf-8"><form id="form" method="post">
  <input name="bad-required" required><input name="required" required value=" "><input name="fixed" required readonly><input name="off" required disabled>
  <input type="hidden" name="hidden" required><textarea name="bad-area" required></textarea><textarea name="area" required> </textarea>
  <input type="checkbox" name="bad-box" required><input type="checkbox" name="box" required checked>
  <input type="radio" name="bad-radio" value="1"><input type="radio" name="bad-radio" value="2" required><input type="radio" name="radio" value="1" required><input type="radio" name="radio" value="2" checked>
  <input type="file" name="bad-file" required>
  <select name="bad-select" required><option value="">Choose<option>a</select><select name="select" required><option>a</select>
  <select name="late-empty" required><option>a<option value="" selected>b</select><select name="grouped" required><optgroup><option value="">x</optgroup></select>
  <select name="bad-tall" size="3" required><option>a</select><select name="tall-empty" size="3" required><option value="" selected>a</select>
  <select name="bad-many" multiple required><option>a</select><select name="disabled-choice" required><option disabled selected>a</select><select name="bad-none" required></select>
  <input type="email" name="bad-email" value="nobody"><input type="email" name="bad-email2" value="a@b_c"><input type="email" name="email" value="a.b+c@d-e"><input type="email" name="no-email" value="">
  <input type="email" multiple name="bad-emails" value="a@b,c"><input type="email" multiple name="emails" value="a@b, c@d"><input type="email" name="bad-email3" value="a@b,c@d"><input type="email" name="bad-email4" value="a@-b">
  <input type="url" name="bad-url" value="x.example"><input type="url" name="url" value="mailto:x"><input type="url" name="bad-url2" value="http://"><input type="url" name="bad-url3" value="/x">
  <input name="bad-pattern" pattern="[a-c]+" value="abcd"><input name="pattern" pattern="[a-c]+" value="abc"><input name="bad-alternatives" pattern="a|b" value="ab"><input name="broken" pattern="[" value="x"><input name="empty-pattern" pattern="a" value="">
  <input name="v-flag" pattern="[p{L}--[a-z]]" value="A"><input name="broken-v" pattern="[(]" value="x"><input name="closing" pattern="a)|(b" value="x"><textarea name="no-pattern" pattern="a">b</textarea><input type="email" multiple name="bad-each" pattern="a@.*" value="a@b,b@c">
  <input name="unedited" minlength="5" maxlength="1" value="abc">
  <input type="number" name="bad-min" min="5" value="4"><input type="number" name="bad-max" max="5" value="6"><input type="number" name="bad-min-max" min="5" max="4" value="5">
  <input type="number" name="step-of-value" value="1.5"><input type="number" name="step" step="0.1" value="0.3"><input type="number" name="bad-base" min="1" step="2" value="2"><input type="number" name="value-base" step="2" value="3"><input type="number" name="any" step="any" value="1.23"><input type="number" name="bad-zero-step" min="0" step="0" value="1.5"><input type="number" name="bad-tiny" min="0" step="1e-5" value="0.0000155"><input type="number" name="big" min="0" step="0.1" value="1000000.7"><input type="number" name="bad-word-min" min="five" max="3" value="4">
  <input type="range" name="range" min="5" value="4" required>
  <input type="date" name="bad-date" min="2026-11-27" value="2026-11-26"><input type="date" name="date" max="2026-11-27" value="2026-11-27"><input type="date" name="bad-date-step" min="2026-11-01" step="7" value="2026-11-09"><input type="date" name="bad-half" min="2026-11-01" step="1.5" value="2026-11-02">
  <input type="month" name="bad-month" max="2026-10" value="2026-11"><input type="month" name="bad-month-step" min="2026-01" step="3" value="2026-05"><input type="month" name="month-step" min="2026-01" step="3" value="2026-07">
  <input type="week" name="bad-week" min="2026-W10" value="2026-W09"><input type="week" name="bad-week-step" min="2026-W01" step="2" value="2026-W02"><input type="week" name="week" value="2026-W02">
  <input type="time" name="bad-time" min="09:00" max="17:00" value="17:01"><input type="time" name="night" min="22:00" max="06:00" value="23:00"><input type="time" name="bad-night" min="22:00" max="06:00" value="12:00"><input type="time" name="bad-seconds" min="00:00" value="09:00:30"><input type="time" name="seconds" min="00:00" step="15" value="09:00:30">
  <input type="datetime-local" name="bad-moment" min="2026-11-27T10:00" value="2026-11-27T09:59"><input type="datetime-local" name="moment" value="2026-11-27T09:59:30">
  <datalist><option>x</datalist><fieldset disabled><input name="in-fieldset" required></fieldset><button name="button" required>Send</button></form>`
