"""Texts that are canonical JSON, and texts that are not."""


def texts():
    deep = 32
    accept = {
        'object': b'{}', 'array': b'[]', 'string': b'""', 'zero': b'0', 'one': b'1',
        'negative': b'-1', 'largest': b'9007199254740991', 'smallest': b'-9007199254740991',
        'true': b'true', 'false': b'false', 'null': b'null',
        'escapes': b'"\\"\\\\"', 'controls': b'"\x00\x01\x1f\x7f\n"',
        'two bytes': '"ä\u0080\u07ff"'.encode(), 'three bytes': '"\u0800\ud7ff\ue000\uffff"'.encode(),
        'four bytes': '"\U00010000\U0010ffff"'.encode(), 'bom inside': '"\ufeff"'.encode(),
        'nested': b'[[],{},[{"a":[1,2,3]}]]', 'order': b'{"A":1,"B":2,"_":3,"a":4,"aa":5,"b":6}',
        'empty key': b'{"":1,"a":2}', 'solidus': b'"/"', 'deepest': b'[' * deep + b']' * deep,
    }
    refuse = {
        'nothing': b'', 'space': b' ', 'space before': b' 1', 'space after': b'1 ',
        'line after': b'{}\n', 'space in object': b'{ }', 'space in array': b'[1, 2]',
        'space after colon': b'{"a": 1}', 'space before colon': b'{"a" :1}', 'two values': b'1,2',
        'two objects': b'{}{}', 'byte after': b'{}\x00', 'bom': b'\xef\xbb\xbf{}',
        'utf-16': '{}'.encode('utf-16-le'),
        'twice': b'{"a":1,"a":2}', 'twice apart': b'{"a":1,"b":2,"a":3}',
        'order': b'{"b":1,"a":2}', 'order of prefix': b'{"aa":1,"a":2}',
        'order of case': b'{"a":1,"A":2}', 'empty key late': b'{"a":1,"":2}',
        'empty key twice': b'{"":1,"":2}',
        'order inside': b'[{"x":{"b":1,"a":2}}]',
        'fraction': b'1.5', 'fraction of zero': b'1.0', 'exponent': b'1e2', 'exponent upper': b'1E2',
        'negative zero': b'-0', 'leading zero': b'01', 'negative leading zero': b'-01',
        'plus': b'+1', 'minus alone': b'-', 'point': b'.5', 'point after': b'5.',
        'hexadecimal': b'0x1', 'beyond': b'9007199254740992', 'beyond down': b'-9007199254740992',
        'far beyond': b'9' * 40, 'nan': b'NaN', 'infinity': b'Infinity', 'negative word': b'-true',
        'escape n': b'"\\n"', 'escape solidus': b'"\\/"', 'escape u': b'"\\u0041"',
        'escape surrogates': b'"\\ud83d\\ude00"', 'escape lone': b'"\\ud800"', 'escape x': b'"\\x"',
        'escape at end': b'"\\', 'escape quote at end': b'"\\"',
        'overlong two': b'"\xc0\x80"', 'overlong two high': b'"\xc1\xbf"',
        'overlong three': b'"\xe0\x80\x80"', 'overlong three high': b'"\xe0\x9f\xbf"',
        'overlong four': b'"\xf0\x80\x80\x80"', 'overlong four high': b'"\xf0\x8f\xbf\xbf"',
        'surrogate low': b'"\xed\xa0\x80"', 'surrogate high': b'"\xed\xbf\xbf"',
        'beyond unicode': b'"\xf4\x90\x80\x80"', 'five bytes': b'"\xf8\x88\x80\x80\x80"',
        'continuation': b'"\x80"', 'cut two': b'"\xc3"', 'cut three': b'"\xe2\x82"',
        'cut four': b'"\xf0\x9f\x98"', 'cut at end': b'"\xe2\x82', 'latin': b'"\xe4"',
        'ff': b'"\xff"', 'second low': b'"\xe2\x28\xa1"', 'third low': b'"\xe2\x82\x28"',
        'fourth low': b'"\xf0\x9f\x98\x28"',
        'key not ascii': '{"ä":1}'.encode(), 'key with escape': b'{"a\\"b":1}',
        'key with backslash': b'{"a\\\\b":1}', 'key with control': b'{"a\nb":1}',
        'key with nul': b'{"a\x00b":1}', 'key with del': b'{"a\x7fb":1}', 'key a number': b'{1:1}',
        'no quotes': b'{a:1}', 'single quotes': b"'a'", 'string without end': b'"a',
        'object without end': b'{"a":1', 'object after key': b'{"a"', 'object after colon': b'{"a":',
        'object of colon': b'{:}', 'object of comma': b'{,}', 'object comma at end': b'{"a":1,}',
        'object comma first': b'{,"a":1}', 'object two commas': b'{"a":1,,"b":2}',
        'object no colon': b'{"a"1}', 'object no comma': b'{"a":1"b":2}',
        'array without end': b'[1', 'array open': b'[', 'array comma at end': b'[1,]',
        'array comma first': b'[,1]', 'array of comma': b'[,]', 'array no comma': b'[1 2]',
        'wrong end': b'[}', 'wrong end of object': b'{]', 'end alone': b']',
        'true upper': b'True', 'true cut': b'tru', 'true long': b'truee', 'null cut': b'nul',
        'false cut': b'fals', 'comment': b'/**/1', 'too deep': b'[' * 33 + b']' * 33,
        'too deep objects': b'{"a":' * 33 + b'1' + b'}' * 33, 'far too deep': b'[' * 1000,
    }
    for name, data in accept.items():
        yield f'{name}\taccept\t{data.hex()}\n'
    for name, data in refuse.items():
        yield f'{name}\trefuse\t{data.hex()}\n'
