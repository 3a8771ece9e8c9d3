/**
 * All wording of adding and changing a connection: loaded with those pages. What stands between * is what to click, tick
 * or copy there.
 */
export const setupTexts = {
  title: 'Add a connection',
  choose: 'Which one? Both sides are needed before orders can go: a shop, and NetSuite.',
  kinds: {
    woocommerce: {
      label: 'WooCommerce shop',
      text: 'Where your orders come from. You need to be administrator of the shop; it takes about five minutes.',
      title: 'Add a WooCommerce shop',
    },
    netsuite: {
      label: 'NetSuite',
      text: 'Where your orders go. You need to be administrator of the account, or to have one beside you; it takes about half an hour.',
      title: 'Add NetSuite',
    },
  },
  edit: (name: string) => `Change ${name}`,
  giveKeys: (name: string) => `Give ${name} new keys`,
  editHint: 'What you leave empty stays as it is.',
  giveKeysHint:
    'Make new ones by these steps and paste them. Orders that wait go on by themselves once they work.',
  otherSettings: (keys: string) => `Its other settings stay as they are: ${keys}.`,
  otherKind: {
    title: 'This connection is set up in waybill.yaml',
    text: 'There is no guide for its kind. Change it in the file, then run: waybill apply -f waybill.yaml',
  },
  unknown: {
    title: 'There is no such connection',
    text: 'It may have been named differently, or the link is old.',
    action: 'To the connections',
  },
  back: 'Connections',
  step: (n: number, title: string) => `${n}. ${title}`,
  stored: 'Stored; not shown',
  keep: 'Leave it empty to keep what is stored.',
  needed: 'This is needed.',
  newTab: '(opens in a new tab)',
  name: {
    label: 'Name in Waybill',
    text: 'Your own word for it: letters, digits, “-”, “_” and “.”. It cannot be changed later.',
    taken: 'There is a connection of this name already. Choose another.',
  },

  woocommerce: {
    shop: {
      title: 'Your shop',
      address: 'Address of the shop',
      addressText: 'As it stands in your browser when you look at the front page: https://shop.example.com',
    },
    key: {
      title: 'Make a key in the shop',
      open: 'Open this page of your shop',
      permalinks: 'Open the permalinks of your shop',
      addressFirst: 'Type the address above, and a link to that page appears here.',
      lines: [
        'Sign in to WordPress, and go to *WooCommerce > Settings > Advanced > REST API > Add key*.',
        'Description: *Waybill*. User: *an administrator or shop manager*. Permissions: *Read/Write*. Then *Generate API key*.',
        'Copy *both* keys now, into step 3: the secret is shown once.',
        'Look at *Settings > Permalinks*: anything but *Plain*. (Waybill finds its way with Plain too; other programs do not.)',
      ],
      readOnly: 'With Read alone, orders come in and shipments cannot go back.',
    },
    paste: {
      title: 'Paste the two keys',
      consumerKey: 'Consumer key',
      consumerKeyText: 'Begins with ck_',
      consumerSecret: 'Consumer secret',
      consumerSecretText: 'Begins with cs_',
    },
  },

  netsuite: {
    account: {
      title: 'Your account',
      id: 'Account ID',
      idText:
        'NetSuite: Setup > Company > Company Information. Such as 1234567, or 1234567_SB1 of a sandbox account.',
      open: 'Open your NetSuite',
      way: 'How Waybill signs in',
      ways: { oauth2: 'With a certificate', tokens: 'With a token' },
      wayText: {
        oauth2: 'OAuth 2.0 client credentials: for everything new.',
        tokens:
          'Token-based authentication: for an integration that you have already. With NetSuite 2027.1 it takes no new ones.',
      },
      sandbox:
        'Credentials are not copied to a sandbox account, and each refresh of one needs new ones. Begin with a sandbox account if you have one.',
    },
    features: {
      title: 'Switch on what Waybill needs',
      lines: {
        oauth2: [
          'As administrator, go to *Setup > Company > Enable Features > SuiteCloud*: tick *REST Web Services* and *OAuth 2.0*.',
          'Under *Analytics*, tick *SuiteAnalytics Workbook*. *Save*.',
        ],
        tokens: [
          'As administrator, go to *Setup > Company > Enable Features > SuiteCloud*: tick *REST Web Services* and *Token-Based Authentication*.',
          'Under *Analytics*, tick *SuiteAnalytics Workbook*. *Save*.',
        ],
      },
    },
    role: {
      title: 'Make a role, and give it to a user',
      lines: [
        '*Setup > Users/Roles > Manage Roles > New*, named *Waybill*, for the subsidiaries whose orders it posts, with the permissions below. *Save*.',
        'Give the role to a user: *Lists > Employees > Employees*, the *Access* tab. A user of its own for Waybill is best.',
      ],
      permissions: 'Permissions of the role',
      columns: ['Tab', 'Permission', 'Level'],
      signIn: { oauth2: 'Log in using OAuth 2.0 Access Tokens', tokens: 'Log in using Access Tokens' },
      rows: (signIn: string) => [
        ['Transactions', 'Sales Order', 'Edit'],
        ['Transactions', 'Item Fulfillment', 'View'],
        ['Lists', 'Customers', 'Create'],
        ['Lists', 'Items, Currency, Subsidiaries, Ship Items, and the tax records', 'View'],
        ['Reports', 'SuiteAnalytics Workbook', 'as offered'],
        ['Setup', `REST Web Services, ${signIn}`, 'Full'],
      ],
      createOnly: 'Sales Order: Create is enough where Waybill never changes or closes a record.',
    },
    integration: {
      title: 'Make an integration record',
      lines: {
        oauth2: [
          '*Setup > Integration > Manage Integrations > New*, named *Waybill*.',
          'Tick *Client Credentials (Machine to Machine) Grant* and the scope *REST Web Services*; untick the rest. *Save*.',
          'Copy the *client ID* from the foot of the page now: it is shown once. (The client secret is not needed.)',
        ],
        tokens: [
          '*Setup > Integration > Manage Integrations*: the integration that you have, with *Token-Based Authentication* ticked.',
          'Its *consumer key* and *consumer secret* were shown when it was made. *Reset Credentials* shows new ones, and ends the old ones.',
        ],
      },
      clientId: 'Client ID',
      consumerKey: 'Consumer key',
      consumerSecret: 'Consumer secret',
    },
    certificate: {
      title: 'Make a certificate, and upload it',
      lines: [
        'Have key and certificate made, on the machine where Waybill runs or your own, by this command:',
        '*Setup > Integration > Manage Authentication > OAuth 2.0 Client Credentials (M2M) Setup > Create New*: choose user, role and integration from above, and upload *cert.pem*. *Save*.',
        'Copy the *certificate ID* from the list, and the whole of *key.pem* from your disk.',
      ],
      command:
        'openssl req -x509 -newkey rsa:4096 -sha256 -days 700 -nodes -keyout key.pem -out cert.pem -subj /CN=waybill',
      commandLabel: 'Command that makes the certificate',
      lasts:
        'A certificate lasts two years at most. Say below when it ends, and Waybill warns you 30 days, 7 days and 1 day before.',
      certificateId: 'Certificate ID',
      privateKey: 'Private key',
      privateKeyText:
        'The text of key.pem, from -----BEGIN PRIVATE KEY----- on. It is stored encrypted, and never shown again.',
      file: 'Choose the file key.pem',
      certificate: 'Certificate (optional)',
      certificateText:
        'The text of cert.pem, from -----BEGIN CERTIFICATE----- on: Waybill reads from it when it ends.',
      certificateFile: 'Choose the file cert.pem',
      validUntil: 'Valid until (optional)',
      validUntilText:
        'Where you do not have cert.pem: the day in the column Valid Until of that list in NetSuite, such as 2027-05-01.',
    },
    token: {
      title: 'Make a token',
      lines: [
        '*Setup > Users/Roles > Access Tokens > New*: choose integration, user and role from above. *Save*.',
        'Copy *token ID* and *token secret* now: they are shown once.',
      ],
      tokenId: 'Token ID',
      tokenSecret: 'Token secret',
    },
    more: {
      title: 'More settings',
      concurrency: 'Requests at once',
      concurrencyText: 'The account shares this budget with its other integrations. Usual: 5.',
      url: 'Another address of the API',
      urlText: 'Only where NetSuite is reached by a proxy. Usual: empty.',
    },
  },

  finish: {
    title: 'Test and save',
    hint: 'The test reads a little of everything that Waybill needs. It changes nothing, here or there.',
    test: 'Test',
    testing: 'Being tested …',
    result: 'Result of the test',
    good: (account: string | null) => (account === null ? 'All of it works' : `All of it works: ${account}`),
    bad: 'That does not work yet',
    stale: 'Something was changed since this test.',
    save: 'Save',
    saveUntested: 'Save without a test',
    saveAnyway: 'Save all the same',
    untested: 'Not tested as it stands now. It can be saved; its card says then whether it works.',
    failing:
      'The test failed. It can be saved all the same: Waybill tries it again by itself, and orders wait until it works.',
    file: 'Whoever keeps a waybill.yaml changes it there too: the next “waybill apply” goes back to what stands in it.',
    cancel: 'Cancel',
    saved: (name: string) => `${name} is saved`,
    mistakes: 'Not all of this can be right:',
  },
}
