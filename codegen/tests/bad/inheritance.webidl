[Exposed=*] interface A : B {};
[Exposed=*] interface B : C {};
[Exposed=*] interface C : A {};
[Exposed=*] interface Self : Self {};
[Exposed=*] interface FromMissing : Missing {};
[Exposed=*] interface FromDictionary : D {};
dictionary D : D2 {};
dictionary D2 : D {};
dictionary D3 : A {};
