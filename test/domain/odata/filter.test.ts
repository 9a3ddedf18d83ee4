import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { MACHINE } from '../../../src/contract/machine.ts';
import { MACHINE_ACTION } from '../../../src/contract/machine-action.ts';
import { propertyNamed } from '../../../src/contract/property.ts';
import { parseFilter } from '../../../src/domain/odata/filter.ts';
import { readAction, readMachine, refusedFilter } from '../../kit/odata.ts';

describe('the grammar', () => {
  test('or binds less than and, and less than not', () => {
    const status = propertyNamed(MACHINE_ACTION, 'status')!;
    const is = (value: string) => ({ kind: 'compare', operator: 'eq', property: status, value }) as const;
    assert.deepEqual(
      parseFilter(MACHINE_ACTION, "status eq 'Failed' or not status eq 'TimeOut' and status eq 'Pending'"),
      {
        kind: 'or',
        terms: [is('Failed'), { kind: 'and', terms: [{ kind: 'not', term: is('TimeOut') }, is('Pending')] }],
      },
    );
  });

  const SAME: readonly (readonly [string, string])[] = [
    ["('Pending') eq (((status)))", "status eq 'Pending'"],
    ["(status eq 'Pending')and(type eq 'Isolate')", "status eq 'Pending' and type eq 'Isolate'"],
    ["not(status eq 'Pending')", "not (status eq 'Pending')"],
    ["'a' lt requestor and 'b' GE requestor", "requestor gt 'a' and requestor le 'b'"],
    ["contains(requestor,'x') eq true", "contains(requestor, 'x')"],
    ["true EQ Contains( Requestor , 'x' )", "contains(requestor, 'x')"],
    ["contains(requestor,'x') eq false", "not contains(requestor, 'x')"],
    ["contains(requestor,'x') ne TRUE", "not contains(requestor, 'x')"],
    ["not contains(requestor,'x')", "not contains(requestor, 'x')"],
    ["endswith(requestor,'it''s')", "endswith(requestor, 'it''s')"],
    ["startswith(machineId,'0A1B')", "startswith(machineId, '0a1b')"],
    ["requestor eq ''", "requestor eq ''"],
    ['errorHResult eq -2147024891', 'errorHResult eq -2147024891'],
    ['errorHResult eq -0', 'errorHResult eq 0'],
    ['scope eq null or Scope ne NULL', 'scope eq null or scope ne null'],
    ["scope in ('Full', null)", "scope in ('Full') or scope eq null"],
    ['scope in (null)', 'scope eq null'],
    ['true', 'true'],
    ["status eq 'Pending' and False", "status eq 'Pending' and false"],
    ["\tstatus\n eq  'Pending'\r", "status eq 'Pending'"],
  ];
  for (const [text, expected] of SAME) test(text, () => assert.equal(readAction(text), expected));

  test('a truth value is a condition by itself', () => {
    assert.equal(
      readMachine('isAadJoined and not isPotentialDuplication'),
      'isAadJoined eq true and not (isPotentialDuplication eq true)',
    );
    assert.equal(readMachine('FALSE ne isaadjoined'), 'isAadJoined ne false');
  });

  test('an enum is matched in any letter case to the spelling of the wire', () => {
    assert.equal(readAction("status in ('timeout', 'CANCELLED')"), "status in ('TimeOut', 'Cancelled')");
  });

  test('a value that the enum does not have is no error and stays as it is', () => {
    assert.equal(readAction("status eq 'canceled'"), "status eq 'canceled'");
  });
});

describe('any', () => {
  const SAME: readonly (readonly [string, string])[] = [
    ['machineTags/any()', 'machineTags/any()'],
    ["MachineTags/ANY(X:x EQ 'lab')", "machineTags/any(t: t eq 'lab')"],
    ["machineTags/any(t:'lab' eq t)", "machineTags/any(t: t eq 'lab')"],
    ["machineTags/any(t : t in ('a','b'))", "machineTags/any(t: t in ('a', 'b'))"],
    [
      "machineTags/any(t:startswith(t,'a') and not(t eq 'ab' or endswith(t,'z')))",
      "machineTags/any(t: startswith(t, 'a') and not (t eq 'ab' or endswith(t, 'z')))",
    ],
    ["not machineTags/any(t:contains(t,'x') eq true)", "not machineTags/any(t: contains(t, 'x'))"],
    ["machineTags/any(t:t gt 'm') eq false", "not machineTags/any(t: t gt 'm')"],
    ["machineTags/any(machineTags:machineTags ne 'm')", "machineTags/any(t: t ne 'm')"],
  ];
  for (const [text, expected] of SAME) test(text, () => assert.equal(readMachine(text), expected));
});

/** Each must be refused, at the character given, for the reason given. */
const REFUSED: readonly (readonly [string, number, RegExp])[] = [
  ["colour eq 'red'", 1, /Machines have no property named 'colour'; these can be filtered: id, .*riskScore/],
  [
    "id eq 'a' and rbacGroupName eq 'b'",
    15,
    /'rbacGroupName' of Machines cannot be filtered; these can be filtered: id, /,
  ],
  ['vmMetadata eq null', 1, /'vmMetadata' of Machines cannot be filtered/],
  ["riskScore gt 'Low'", 11, /'gt' does not apply to the property 'riskScore'; eq, ne and in do/],
  ['osBuild lt null', 9, /'lt' does not apply to null/],
  ["machineTags gt 'x'", 1, /'machineTags' is a collection; write machineTags\/any/],
  ["contains(machineTags,'x')", 10, /is a collection/],
  ["machineTags in ('x')", 1, /is a collection/],
  ["machineTags/all(t:t eq 'x')", 13, /expected 'any'/],
  ["ipAddresses/any(a:a eq 'x')", 1, /cannot be filtered/],
  ["riskScore/any(a:a eq 'x')", 11, /'any' does not apply to the property 'riskScore'/],
  ["machineTags/any(t:u eq 'x')", 19, /only its variable 't' can be named, not 'u'/],
  ['machineTags/any(t:t eq 5)', 24, /'5' is not a tag; expected a string/],
  ['machineTags/any(t:t eq null)', 24, /is not a tag/],
  ['machineTags/any(t:t)', 19, /'t' is not a condition/],
  ['machineTags/any(t:true)', 19, /'true' is not a condition/],
  ["machineTags/any(t:machineTags/any(u:u eq 'x'))", 31, /'any' cannot stand inside 'any'/],
  ["machineTags/any(t eq 'x')", 19, /expected ':', found 'eq'/],
  ["machineTags/any('x')", 17, /expected the variable/],
  ['machineTags/$count gt 5', 13, /'\$' is not expected here/],
  ['id/length eq 5', 4, /expected 'any'.*found 'length'/],
  ['version eq 1709', 12, /'1709' does not fit the property 'version'; expected a string in single quotes/],
  ["osBuild eq 'new'", 12, /'new' does not fit the property 'osBuild'; expected a whole number/],
  ['osBuild eq 1.5', 12, /expected a whole number/],
  ['osBuild eq 9007199254740993', 12, /expected a whole number/],
  ["isAadJoined eq 'true'", 16, /does not fit the property 'isAadJoined'; expected true or false/],
  ['isAadJoined gt true', 13, /'gt' does not apply/],
  ["aadDeviceId eq 'abc'", 16, /expected a GUID/],
  ["startswith(aadDeviceId,'b1')", 1, /startswith does not apply to the property 'aadDeviceId'/],
  ["contains(lastSeen,'2026')", 1, /contains does not apply to the property 'lastSeen'/],
  ['lastSeen gt 5', 13, /'5' does not fit the property 'lastSeen'; expected a time/],
  ["osBuild in (1, 'x', 2)", 16, /'x' does not fit/],
  ['id eq 0a1b2c', 7, /'0a1b2c' is not a literal; strings stand in single quotes/],
  ['riskScore eq High', 11, /must be compared with a literal; strings stand in single quotes/],
  ['riskScore eq "High"', 14, /not in double quotes/],
  ["riskScore eq 'High", 14, /no closing quote/],
  ["id eq 'a''", 7, /no closing quote/],
  ["'a' eq 'a'", 5, /must be compared with a literal/],
  ['id eq version', 4, /must be compared with a literal/],
  ['id', 1, /'id' is not a condition/],
  ["'id'", 1, /'id' is not a condition/],
  ['5', 1, /'5' is not a condition/],
  ['null', 1, /'null' is not a condition/],
  ["not 'x'", 5, /'x' is not a condition/],
  ["(id eq 'a') eq 'b'", 13, /only be compared with true or false/],
  ["(id eq 'a') gt true", 13, /only be compared with true or false/],
  ["(id eq 'a') eq (id eq 'b')", 13, /must be compared with a literal/],
  ["(id eq 'a') in ('b')", 13, /a property must stand before 'in'/],
  ["'a' in ('a')", 5, /a property must stand before 'in'/],
  [
    "tolower(id) eq 'a'",
    1,
    /the function 'tolower' is not supported; supported are startswith, endswith, contains/,
  ],
  ["contains(tolower(id),'a')", 10, /the function 'tolower' is not supported/],
  ["substringof('a',id)", 1, /the function 'substringof' is not supported/],
  ["contains('a',id)", 1, /contains takes a property and then a string/],
  ['contains(id,5)', 1, /contains takes a property and then a string/],
  ['contains(id)', 12, /expected ',', found '\)'/],
  ["contains(id,'a','b')", 16, /expected '\)', found ','/],
  ['osBuild add 1 eq 2', 9, /the operator 'add' is not supported; supported are eq/],
  ["deviceValue has 'High'", 13, /the operator 'has' is not supported/],
  ['-osBuild eq 1', 1, /'-osBuild' is not a literal/],
  ['id eq', 6, /expected a property, a literal or a condition, found the end/],
  ["id eq 'a' and", 14, /found the end/],
  ["and id eq 'a'", 1, /found 'and'/],
  ["id eq 'a' 'b'", 11, /expected 'and', 'or' or the end, found 'b'/],
  ["id eq 'a' eq 'b'", 11, /expected 'and', 'or' or the end, found 'eq'/],
  ["id like 'a'", 4, /found 'like'/],
  ["(id eq 'a'", 11, /expected '\)', found the end/],
  ["id eq 'a')", 10, /found '\)'/],
  ['id in ()', 8, /expected a literal of the list/],
  ["id in ('a',)", 12, /expected a literal of the list/],
  ["id in 'a'", 7, /expected '\(', found 'a'/],
  ['id in (version)', 8, /expected a literal of the list/],
  ["cast(id,Edm.String) eq 'a'", 12, /'\.String' is not a literal/],
  ['id eq @p', 7, /'@' is not expected here/],
  ['id eq 😀', 7, /'😀' is not expected here/],
];

describe('what is not supported is refused with the place and the reason', () => {
  for (const [text, at, reason] of REFUSED) {
    test(text, () => {
      const message = refusedFilter(MACHINE, text);
      assert.match(message, reason);
      assert.ok(message.includes(`$filter, character ${at}: `), message);
    });
  }

  test('an empty filter is refused, as it may stand for a condition that was lost', () => {
    for (const text of ['', '  ']) assert.match(refusedFilter(MACHINE, text), /'\$filter' cannot be empty/);
  });

  test('a message repeats only the beginning of long input', () => {
    assert.ok(refusedFilter(MACHINE_ACTION, `${'x'.repeat(10_000)} eq 1`).length < 600);
  });
});
