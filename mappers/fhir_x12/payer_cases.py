"""Built-in cases of what payers answer and are asked, for the fidelity report: synthetic sets."""

from collections.abc import Mapping

CASES: Mapping[str, Mapping[str, str]] = {
    "835": {
        "everything": (
            ""
            "BPR*I*230.85*C*ACH*CTX*01*999999992*DA*123456*1512345678*SUPPLEMEN*01*999988880*DA*98765*20261110~"
            "TRN*1*T9*1512345678*DIVISION 3~CUR*PR*USD~REF*EV*RECEIVER7~REF*F2*VERSION 2~"
            "DTM*405*20261109~N1*PR*Cascade Health Plan*XV*CHP01~N3*1 Plaza*Floor 2~"
            "N4*Port Alder*WA*983680001*US~REF*2U*CHP01-2~REF*NF*12345~"
            "PER*CX*Claims*TE*8005550100*EX*12*FX*8005550101~PER*BL*Desk*EM*desk@cascade.example~"
            "PER*IC**UR*www.cascade.example~N1*PE*Harbor*XX*1999000015~N3*5 Pier~"
            "N4*Port Alder*WA*98368~REF*TJ*911234567~REF*PQ*778~RDM*FT*Harbor*ftp.harbor.example~"
            "LX*1~TS3*1999000015*11*20261231*1*250****200**50~TS2*100*90**1*2.5*3~"
            "CLP*CASE1*1*165.5*92.5*20*12*P77*11*1**521*1.25*0.5~"
            "NM1*QC*1*Quill*Nora*M**Jr*MI*CHP100200399~NM1*IL*1*Quill*Owen****MI*CHP100200399~"
            "NM1*74*1*Quill*Norah****C*CHP100200400~NM1*82*1*Ames*Ida****XX*1999000023~"
            "NM1*TT*2*Evergreen Plan*****PI*EVM01~NM1*PR*2*Harbor Plan*****PI*HPL01~"
            "NM1*GB*1*Quill*Owen~"
            "MIA*3*1*2*200.5*MA01*1.5*2**3*4*5*6*7*8*9*10*11*12*13*MA02*MA03*MA04*MA05*14~"
            "MOA*0.8*20*MA18*N22*N30*MA130*MA67*5*6~REF*1L*GROUP1~REF*G1*AUTH77~REF*EA*MRN1~"
            "REF*0B*LIC1~REF*G2*PROV2~DTM*232*20261101~DTM*233*20261102~DTM*036*20261231~"
            "DTM*050*20261103~PER*CX*Appeals*TE*8005550102~AMT*AU*110~AMT*I*1.25~AMT*F5*5~QTY*CA*8~"
            "QTY*CD*2~SVC*HC:90834:95:HO:U1:GT:45 MIN*145*78.4*0914*1*HC:90837:95*2~"
            "DTM*150*20261101~"
            "DTM*151*20261102~CAS*CO*45*40*1*253*3.6**A2*3~CAS*PR*3*20~REF*LU*11~REF*BB*AUTH1~"
            "REF*6R*CASE1-1~REF*HPI*1999000023~REF*0K*POLICY9~AMT*B6*98.4~AMT*KH*1~QTY*ZK*1.5~"
            "LQ*HE*N130~LQ*HE*M15~LQ*RX*70~SVC*HC:90785*20.5*14.1**1~DTM*472*20261102~CAS*CO*45*6.4~"
            "REF*6R*CASE1-2~LQ*HE*N130~LX*2~TS3*1999000015*13*20261231*1*165.5~"
            "CLP*ELSE2*19*165.5*150**MB*P78~CAS*OA*23*15.5~NM1*QC*1*Ash*Ben~"
            "PLB*1999000015*20261231*WO:P70*12.5*L6*-1.25*FB:T8*0.4~PLB*1999000023*20261231*CS:X*0~"
        ),
    },
    "270": {
        "dependent": (
            "BHT*0022*13*B1*20261110*0900~HL*1**20*1~NM1*PR*2*Cascade Health Plan*****PI*CHP01~"
            "HL*2*1*21*1~NM1*1P*1*Ames*Ida****XX*1999000023~REF*EO*77~N3*5 Pier~"
            "N4*Port Alder*WA*983680001~PRV*PE*PXC*103T00000X~HL*3*2*22*1~"
            "NM1*IL*1*Quill*Owen****MI*CHP100200399~HL*4*3*23*0~TRN*1*T2*9PARITY001~"
            "NM1*03*1*Quill*Nora~REF*6P*GRP1~DMG*D8*20100501*F~INS*N*19~"
            "DTP*291*RD8*20261101-20261130~EQ*30^MH~EQ**HC:90837:95**1~REF*G1*AUTH1~III*ZZ*11~"
            "DTP*291*D8*20261112~"
        ),
    },
    "271": {
        "benefits": (
            "BHT*0022*11*B1*20261110*0900~HL*1**20*1~NM1*PR*2*Cascade Health Plan*****PI*CHP01~"
            "PER*IC*Help*TE*8005550100*UR*www.chp.example~HL*2*1*21*1~"
            "NM1*1P*2*Harbor*****XX*1999000015~HL*3*2*22*0~TRN*2*T1*9PARITY001~"
            "NM1*IL*1*Quill*Nora*M**Jr*MI*CHP100200399~REF*6P*GRP1*Harbor staff~REF*18*P9~"
            "N3*9 Pine St*Apt 2~N4*Port Alder*WA*983680001**RJ*X1~PRV*PC*PXC*2084P0800X~"
            "DMG*D8*19900501*F~INS*Y*18*001*25*************2~HI*ABK:F331*ABF:F410~"
            "DTP*346*D8*20260101~DTP*347*D8*20261231~MPI*C*AE*A~EB*1*IND*30*HM*Gold Plan~"
            "EB*C*IND*MH^A6*HM**23*500*****Y~EB*C*IND*MH^A6*HM**29*120*****Y~"
            "EB*A*IND*MH*HM****.2****N~EB*F*IND*MH***23***VS*20*Y*W~HSD*VS*20*VS*1*23*1*1*A~"
            "REF*9F*R1~DTP*292*RD8*20260101-20261231~AAA*N**33*C~MSG*Call for authorization~"
            "MSG*Ask twice~III*ZZ*11~III*GR*01*44*Text~LS*2120~NM1*PRP*2*Second Plan*****PI*SEC01~"
            "N3*1 Road~N4*Town*WA*98001~PER*IC**TE*8005550109~PRV*PE*PXC*103T00000X~LE*2120~"
            "EB*B*FAM**HM**27*20****Y*Y*HC:90837:95:::::90838*1:2~EB*I*IND*AI~EB*R~"
        ),
        "rejected": (
            "BHT*0022*11*B1*20261110*0900~HL*1**20*1~NM1*PR*2*Cascade Health Plan*****PI*CHP01~"
            "HL*2*1*21*1~NM1*1P*2*Harbor*****XX*1999000015~HL*3*2*22*1~"
            "NM1*IL*1*Quill*Owen****MI*CHP100200399~HL*4*3*23*0~TRN*2*T2*9PARITY001~"
            "NM1*03*1*Quill*Nora~AAA*N**71*C~DMG*D8*20100501*F~INS*N*19~"
        ),
    },
    "276": {
        "two claims": (
            "BHT*0010*13*B1*20261110*0900~HL*1**20*1~NM1*PR*2*Cascade Health Plan*****PI*CHP01~"
            "HL*2*1*21*1~NM1*41*2*Harbor*****46*PARITY~HL*3*2*19*1~NM1*1P*2*Harbor*****XX*1999000015~"
            "HL*4*3*22*0~DMG*D8*19900501*F~NM1*IL*1*Quill*Nora****MI*CHP100200399~TRN*1*CASE1~"
            "REF*1K*P77~REF*BLT*131~REF*EJ*CASE1~AMT*T3*165.5~DTP*472*RD8*20261101-20261102~"
            "SVC*HC:90834:95*145*****1~REF*FJ*CASE1-1~DTP*472*D8*20261102~HL*5*3*22*1~"
            "NM1*IL*1*Ash*Ben****MI*CHP100200401~HL*6*5*23*0~DMG*D8*20100501*M~NM1*QC*1*Ash*Tom~"
            "TRN*1*CASE2~REF*EJ*CASE2~DTP*472*D8*20261102~"
        ),
    },
    "277": {
        "paid": (
            "BHT*0010*08*B1*20261110*0900*DG~HL*1**20*1~NM1*PR*2*Cascade Health Plan*****PI*CHP01~"
            "PER*IC*Help*TE*8005550100~HL*2*1*21*1~NM1*41*2*Harbor*****46*PARITY~HL*3*2*19*1~"
            "NM1*1P*2*Harbor*****XX*1999000015~HL*4*3*22*0~NM1*IL*1*Quill*Nora****MI*CHP100200399~"
            "TRN*2*CASE1~STC*F1:65*20261109**165.5*92.5*20261110**20261111*CHK77*F2:88:QC*P1:3~"
            "REF*1K*P77~REF*EJ*CASE1~DTP*472*RD8*20261101-20261102~SVC*HC:90834:95*145*78.4****1~"
            "STC*F1:65*20261109~REF*FJ*CASE1-1~DTP*472*D8*20261102~"
        ),
    },
    "277CA": {
        "taken and refused": (
            "BHT*0085*08*B1*20261110*0900*TH~HL*1**20*1~NM1*PR*2*Cascade Health Plan*****PI*CHP01~"
            "TRN*1*A1-ACK~DTP*050*D8*20261104~DTP*009*D8*20261104~HL*2*1*21*1~"
            "NM1*41*2*Parity*****46*PARITY~TRN*2*1~STC*A1:19:PR*20261104*WQ*331~QTY*90*1~QTY*AA*1~"
            "AMT*YU*165.5~AMT*YY*165.5~HL*3*2*19*1~NM1*85*2*Harbor*****XX*1999000015~TRN*2*77~"
            "STC*A1:19:PR**WQ*331~QTY*QA*1~QTY*QC*1~AMT*YU*165.5~AMT*YY*165.5~HL*4*3*PT*0~"
            "NM1*QC*1*Quill*Nora****MI*CHP100200399~TRN*2*CASE1~STC*A2:20:PR*20261104*WQ*165.5~"
            "REF*1K*P77~DTP*472*RD8*20261101-20261102~HL*5*3*PT*0~"
            "NM1*QC*1*Ash*Ben****MI*CHP100200401~TRN*2*CASE2~"
            "STC*A7:164:IL*20261104*U*165.5******A6:145:85*A3:21*call us~REF*D9*C9~REF*BLT*131~"
            "DTP*472*D8*20261102~SVC*HC:90834:95*145**0914***1~STC*A7:454*20261104*U~REF*FJ*C1-1~"
            "DTP*472*D8*20261102~"
        ),
    },
}
"""The segments of each case between ST and SE, by the kind of its guide."""
