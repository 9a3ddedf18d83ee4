import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { MACHINE_ACTION } from '../../../src/contract/machine-action.ts';
import { actionQuery, machineQuery, refused } from '../../kit/odata.ts';

const names = (raw: string) => actionQuery(raw).select?.map(({ name }) => name) ?? null;
const refusal = (raw: string) => refused(() => actionQuery(raw));

describe('the query string', () => {
  test('option names are read in any letter case, encoded or not, with or without their $', () => {
    for (const name of ['$top', '%24top', '$TOP', '%24Top', 'top', 'Top'])
      assert.equal(actionQuery(`${name}=7`).top, 7);
  });

  test('parameters that are no system query options are passed over, repeated or not', () => {
    const raw =
      'tag=a&useStartsWithFilter=true&client-request-id=1&client-request-id=2&@p=5&=x&&expand=y&format=xml';
    assert.deepEqual(actionQuery(raw), actionQuery(''));
  });

  test('an option that OData does not have is refused in the words of the vendor', () => {
    assert.equal(
      refusal('$stop=5'),
      "The query specified in the URI is not valid. Custom query option '$stop' that starts with '$' is not supported.",
    );
    assert.match(refusal('%24STOP=5'), /'\$STOP'/);
  });

  test('an option that only Cordon does not have is refused by name', () => {
    for (const name of ['$expand', '$search', '$apply', '$compute', '$deltatoken']) {
      assert.match(refusal(`${name}=x`), new RegExp(`The query option '\\${name}' is not supported`));
    }
  });

  test('an option may be given once', () => {
    for (const raw of ['$top=1&$top=1', '$top=1&%24TOP=2', '$top=1&top=1']) {
      assert.match(refusal(raw), /'\$top' is given more than once/);
    }
  });

  test('broken encoding and U+0000 are refused wherever they stand', () => {
    for (const raw of ['$filter=%', '$filter=%zz', '$filter=%ff', '$filter=%c0%80', 'x=%E0%A4', '%f=1']) {
      assert.match(refusal(raw), /percent sequence/);
    }
    for (const raw of ["$filter=requestor eq 'a%00b'", 'x%00=1', 'x=\u0000'])
      assert.match(refusal(raw), /U\+0000/);
  });

  test('letters beyond ASCII are read as UTF-8', () => {
    const { filter } = actionQuery("$filter=requestor eq 'j%C3%BCrgen %F0%9F%98%80'");
    assert.ok(filter?.kind === 'compare');
    assert.equal(filter.value, 'jürgen 😀');
  });

  test('a plus is a blank, an encoded plus is a plus', () => {
    const { filter } = actionQuery("$filter=requestor+eq+'a+b%2Bc'");
    assert.ok(filter?.kind === 'compare');
    assert.equal(filter.value, 'a b+c');
  });

  test('an ampersand and an equals sign may stand in a value when encoded', () => {
    const { filter } = actionQuery("$filter=requestor eq 'a%26b=c'");
    assert.ok(filter?.kind === 'compare');
    assert.equal(filter.value, 'a&b=c');
  });
});

describe('$top, $skip and $count', () => {
  test('$top is a whole number from 0 to 10,000', () => {
    for (const top of [0, 1, 10_000]) assert.equal(actionQuery(`$top=${top}`).top, top);
    assert.match(refusal('$top=10001'), /limit of '10000' for the '\$top' query has been exceeded/);
    assert.match(refusal(`$top=${'9'.repeat(400)}`), /limit of '10000'/);
    for (const raw of [
      '$top=-1',
      '$top=',
      '$top',
      '$top=1.5',
      '$top=1e3',
      '$top=x',
      '$top=0x10',
      '$top=1 2',
    ]) {
      assert.match(refusal(raw), /of '\$top' is not a whole number from 0 to 10000/);
    }
  });

  test('$skip is a whole number from 0 to 2,147,483,647', () => {
    assert.equal(actionQuery('$skip=2147483647').skip, 2_147_483_647);
    for (const raw of ['$skip=2147483648', '$skip=-1', '$skip=', `$skip=${'1'.repeat(30)}`]) {
      assert.match(refusal(raw), /'\$skip' is not a whole number from 0 to 2147483647/);
    }
  });

  test('$count is true or false in any letter case', () => {
    assert.equal(actionQuery('$count=TRUE').count, true);
    assert.equal(actionQuery('$count=false').count, false);
    for (const raw of ['$count=1', '$count=']) assert.match(refusal(raw), /neither true nor false/);
  });

  test('$format takes json and nothing else', () => {
    for (const format of ['json', 'JSON', 'application/json', 'application/json;odata.metadata=minimal']) {
      assert.deepEqual(actionQuery(`$format=${format}`), actionQuery(''));
    }
    assert.match(refusal('$format=xml'), /'xml' of '\$format' is not supported/);
  });
});

describe('$orderby', () => {
  const order = (raw: string) =>
    machineQuery(`$orderby=${raw}`).orderBy.map(
      ({ property, descending }) => `${property.name}${descending ? '↓' : '↑'}`,
    );

  test('takes several properties in any letter case, ascending unless told', () => {
    assert.deepEqual(order('LastSeen DESC, computerdnsname asc,riskScore'), [
      'lastSeen↓',
      'computerDnsName↑',
      'riskScore↑',
    ]);
  });

  const REFUSED: readonly (readonly [string, RegExp])[] = [
    ['', /'\$orderby' cannot be empty/],
    [
      'machineTags',
      /character 1: the property 'machineTags' of Machines cannot be ordered by; these can be ordered by: id, /,
    ],
    ['id,ipAddresses', /character 4: the property 'ipAddresses'/],
    ['rbacGroupName', /'rbacGroupName' of Machines cannot be ordered by/],
    ['colour', /no property named 'colour'/],
    ['id,id desc', /character 4: the property 'id' stands twice/],
    ['id down', /character 4: expected 'asc', 'desc', ',' or the end, found 'down'/],
    ['id desc asc', /found 'asc'/],
    ['id,', /character 4: expected a property, found the end/],
    ['tolower(id)', /no property named 'tolower'/],
    ["'id'", /expected a property, found 'id'/],
    [
      'id,version,lastSeen,firstSeen,osBuild,osPlatform,riskScore,osVersion,healthStatus',
      /\$orderby, character \d+: 8 terms are the most/,
    ],
  ];
  for (const [raw, reason] of REFUSED) {
    test(`refuses '${raw}'`, () =>
      assert.match(
        refused(() => machineQuery(`$orderby=${raw}`)),
        reason,
      ));
  }
});

describe('$select', () => {
  test('gives the properties in the order of the wire, each once', () => {
    assert.deepEqual(names('$select=Status,id, machineid ,STATUS'), ['id', 'status', 'machineId']);
  });

  test('may name every property, those that cannot be filtered too', () => {
    const all = MACHINE_ACTION.properties.map(({ name }) => name);
    assert.deepEqual(names(`$select=${all.join(',')}`), all);
  });

  test('* stands for all', () => {
    for (const raw of ['$select=*', '$select=id,*']) assert.equal(names(raw), null);
  });

  test('refuses what the entity does not have', () => {
    assert.match(
      refusal('$select=id,colour'),
      /\$select, character 4: MachineActions have no property named 'colour'/,
    );
    assert.match(refusal('$select='), /'\$select' cannot be empty/);
    assert.match(refusal('$select=id,'), /character 4: expected a property or '\*', found the end/);
    assert.match(refusal('$select=relatedFileInfo/fileIdentifier'), /expected ',' or the end, found '\/'/);
  });
});
